import { writeWholeFile } from './whole-file.ts';

/** Writes a file that only its owner may read, whoever could read the one that was there. */
export const writePrivateFile = (path: string, text: string): Promise<void> =>
  writeWholeFile(path, text, { mode: 0o600, exact: true });
