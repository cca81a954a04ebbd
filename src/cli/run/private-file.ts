import { open } from 'node:fs/promises';

/** Writes a file that only its owner may read; one that was there for all to read is closed to them before the secret is in it. */
export const writePrivateFile = async (path: string, text: string): Promise<void> => {
  const file = await open(path, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
  } finally {
    await file.close();
  }
};
