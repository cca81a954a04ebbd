import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Folder of the stand-in charts' templates. They are data, so a bundle does not carry them in its code: the build copies
 * src/sandbox/registry/standins to `standins` beside the bundle's chunks or one level above them.
 */
export function standinFolder(from: string = import.meta.url): string {
  const here = dirname(fileURLToPath(from));
  const folder = [join(here, 'standins'), join(here, '../standins')].find((path) =>
    existsSync(join(path, 'cilium/Chart.yaml')),
  );
  if (folder === undefined)
    throw new Error(`The stand-in charts are missing beside ${fileURLToPath(from)}: the package is incomplete.`);
  return folder;
}
