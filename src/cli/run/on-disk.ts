import { Problem } from '../../errors/problem.ts';

const refusals: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOENT: 'the folder it is in does not exist',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a file of that name is in the way',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
};

const refusalOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? refusals[error.code] : undefined;

/**
 * Does what writes to a place that the user chose. What the system refuses there is his to mend and no bug of ours: a Problem `usage`
 * that names the place; any other error passes.
 */
export const onDisk = async <T>(
  { place, hint }: { readonly place: string; readonly hint: string },
  act: () => T | Promise<T>,
): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    const refusal = error instanceof Problem ? undefined : refusalOf(error);
    if (refusal === undefined) throw error;
    throw new Problem(`${place} cannot be written: ${refusal}.`, {
      kind: 'usage',
      code: 'not-writable',
      hint,
      cause: error,
    });
  }
};

/** The state directory, as `onDisk` names it. */
export const stateDirPlace = (stateDir: string): { readonly place: string; readonly hint: string } => ({
  place: `The state directory ${stateDir}`,
  hint: 'Make it writable for you, or give another one with --state-dir.',
});
