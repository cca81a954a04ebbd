import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';

/** Replaces a file that only the user may read, in one step: a reader sees the old text or the new, never half of one. */
export const writePrivateFile = (path: string, text: string): void => {
  const next = `${path}.next`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, path);
};

/** Makes a folder that only the user may enter, and takes others' rights away where it exists already. */
export const privateFolder = (path: string): void => {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
};
