import {
  closeSync,
  fchmodSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';

/**
 * The few calls with which the engine touches a disk, so that a test can fail or kill at each of them.
 * Synchronous on purpose: what the caller says next must not overtake what is durable.
 */
export interface Disk {
  /** Creates the folder and its parents, 0700. */
  makeFolder(path: string): void;
  /** Undefined where there is no such file. */
  read(path: string): string | undefined;
  /** Opens for appending, 0600 from here on. */
  openAppend(path: string): number;
  /** Creates, 0600; false where the file exists already. */
  openNew(path: string): number | undefined;
  /** Bytes written; may be fewer than asked for. */
  write(file: number, bytes: Uint8Array): number;
  truncate(file: number, length: number): void;
  sync(file: number): void;
  close(file: number): void;
  rename(from: string, to: string): void;
  /** A second name for a file; false where that name is taken, undefined where the file system knows no such thing. */
  link(from: string, to: string): boolean | undefined;
  remove(path: string): void;
  /** Milliseconds since the epoch; undefined where there is no such file. */
  modified(path: string): number | undefined;
  touch(path: string, at: number): void;
  /** Makes a rename or a new name in the folder durable. */
  syncFolder(path: string): void;
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** What file systems without links say, and Linux of files that are not the user's own. */
const linkless: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

const unless = <T>(code: string, act: () => T): T | undefined => {
  try {
    return act();
  } catch (error) {
    if (codeOf(error) === code) return undefined;
    throw error;
  }
};

export const nodeDisk: Disk = {
  makeFolder: (path) => void mkdirSync(path, { recursive: true, mode: 0o700 }),
  read: (path) => unless('ENOENT', () => readFileSync(path, 'utf8')),
  openAppend(path) {
    const file = openSync(path, 'a', 0o600);
    // A mode at opening counts for new files only; one that was copied here may be open to all.
    // Some file systems know no modes.
    if ((fstatSync(file).mode & 0o077) !== 0) unless('EPERM', () => fchmodSync(file, 0o600));
    return file;
  },
  openNew: (path) => unless('EEXIST', () => openSync(path, 'wx', 0o600)),
  write: (file, bytes) => writeSync(file, bytes),
  truncate: (file, length) => ftruncateSync(file, length),
  sync: (file) => fdatasyncSync(file),
  close: (file) => closeSync(file),
  rename: (from, to) => renameSync(from, to),
  link(from, to) {
    try {
      linkSync(from, to);
      return true;
    } catch (error) {
      const code = codeOf(error) ?? '';
      if (code === 'EEXIST') return false;
      if (linkless.has(code)) return undefined;
      throw error;
    }
  },
  remove: (path) => rmSync(path, { force: true }),
  modified: (path) => unless('ENOENT', () => statSync(path).mtimeMs),
  touch: (path, at) => utimesSync(path, at / 1000, at / 1000),
  syncFolder(path) {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  },
};

/** Writes all of it: one write call may take less than it was given. */
export const writeWhole = (disk: Disk, file: number, text: string): void => {
  let rest: Uint8Array = Buffer.from(text, 'utf8');
  while (rest.length > 0) rest = rest.subarray(disk.write(file, rest));
};
