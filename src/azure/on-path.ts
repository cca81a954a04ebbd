import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Is there a program of this name on PATH? Windows spells the Azure CLI `az.cmd`. */
export async function isOnPath(program: string, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const names = [program, `${program}.cmd`, `${program}.exe`];
  for (const file of folders.flatMap((folder) => names.map((name) => join(folder, name)))) {
    try {
      await access(file, constants.X_OK);
      return true;
    } catch {
      // Not there: the next one.
    }
  }
  return false;
}
