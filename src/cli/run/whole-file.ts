import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where no second file may stand beside it, or none take its place: a mounted file, a folder of somebody else's. */
const inPlaceOnly: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY']);

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/**
 * Writes a file so that whoever is killed meanwhile, or meets a full disk, leaves the whole old one or the whole new one. A link stays a link,
 * and a device (`/dev/stdout`) is written to. `mode` is for one that is new, unless it is said to be `exact`.
 */
export const writeWholeFile = async (
  path: string,
  text: string,
  { mode = 0o666, exact = false }: { readonly mode?: number; readonly exact?: boolean } = {},
): Promise<void> => {
  const target = await realpath(path).catch(() => path);
  const there = await stat(target).catch(() => undefined);
  if (there !== undefined && !there.isFile()) {
    await writeFile(target, text);
    return;
  }
  const kept = there === undefined || exact ? mode : there.mode & 0o777;
  const next = `${target}.new`;
  try {
    await rm(next, { force: true });
    await writeSynced(next, text, kept, exact || there !== undefined);
    await rename(next, target);
  } catch (error) {
    await rm(next, { force: true }).catch(() => undefined);
    if (!inPlaceOnly.has(codeOf(error))) throw error;
    await writeSynced(target, text, kept, exact);
    return;
  }
  await syncFolder(dirname(target));
};

const writeSynced = async (path: string, text: string, mode: number, exact: boolean): Promise<void> => {
  const file = await open(path, 'w', mode);
  try {
    // The umask has taken from it, or it was there before, open to all.
    if (exact) await file.chmod(mode);
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
};

/** Not every system lets a folder be opened: there the name may be lost with the power, the file that was is not. */
const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
};
