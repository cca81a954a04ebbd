import type { Disk } from '../../../src/engine/disk.ts';
import type { Life } from './life.ts';

interface File {
  bytes: Buffer;
  /** What a power cut leaves. */
  durable: Buffer;
  named: boolean;
}

/** Files that outlive the processes that write them. */
export interface Storage {
  readonly files: Map<string, File>;
  /** Everything that was not synced is lost. */
  readonly powerCut: () => void;
}

export const storage = (): Storage => {
  const files = new Map<string, File>();
  return {
    files,
    powerCut() {
      for (const [path, file] of files) {
        file.bytes = file.durable;
        if (!file.named) files.delete(path);
      }
    },
  };
};

/** A disk as one process sees it; each call is a moment before it and after it, and a write one in its middle, too. */
export const memoryDisk = ({ files }: Storage, life: Life): Disk => {
  const open = new Map<number, File>();
  let handles = 2;
  const opened = (file: File): number => {
    handles += 1;
    open.set(handles, file);
    return handles;
  };
  const created = (path: string): File => {
    const file: File = { bytes: Buffer.alloc(0), durable: Buffer.alloc(0), named: false };
    files.set(path, file);
    return file;
  };
  const of = (handle: number): File => {
    const file = open.get(handle);
    if (file === undefined) throw new Error(`EBADF: ${handle}`);
    return file;
  };
  const mortal = <T>(act: () => T): T => {
    life.momentNow();
    const result = act();
    life.momentNow();
    return result;
  };
  return {
    makeFolder: () => mortal(() => {}),
    read: (path) => mortal(() => files.get(path)?.bytes.toString('utf8')),
    openAppend: (path) => mortal(() => opened(files.get(path) ?? created(path))),
    openNew: (path) => mortal(() => (files.has(path) ? undefined : opened(created(path)))),
    write: (handle, bytes) =>
      mortal(() => {
        const file = of(handle);
        const half = Math.floor(bytes.length / 2);
        const before = file.bytes;
        file.bytes = Buffer.concat([before, bytes.subarray(0, half)]);
        life.momentNow();
        file.bytes = Buffer.concat([before, bytes]);
        return bytes.length;
      }),
    truncate: (handle, length) => mortal(() => void (of(handle).bytes = of(handle).bytes.subarray(0, length))),
    sync: (handle) => mortal(() => void (of(handle).durable = of(handle).bytes)),
    close: (handle) => void open.delete(handle),
    rename: (from, to) =>
      mortal(() => {
        const file = files.get(from);
        if (file === undefined) throw new Error(`ENOENT: ${from}`);
        files.delete(from);
        files.set(to, file);
      }),
    link: (from, to) =>
      mortal(() => {
        const file = files.get(from);
        if (file === undefined) throw new Error(`ENOENT: ${from}`);
        if (files.has(to)) return false;
        files.set(to, file);
        return true;
      }),
    remove: (path) => mortal(() => void files.delete(path)),
    modified: (path) => mortal(() => (files.has(path) ? 0 : undefined)),
    touch: () => mortal(() => {}),
    syncFolder: () => mortal(() => files.forEach((file) => (file.named = true))),
  };
};
