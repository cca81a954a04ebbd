import type { Disk } from '../../src/engine/disk.ts';

/** The process is gone; nothing of it catches this for good, since every later call throws it again. */
export class Dead extends Error {}

/** What is left of the call at which it happens: nothing, all of it, or, of a write, its first half. */
export const deaths = ['before', 'after', 'half'] as const;
export type Death = (typeof deaths)[number];

/** A disk whose process dies at the n-th call, from 1, that changes something. */
export const dyingDisk = (disk: Disk, at: number, death: Death) => {
  const calls: string[] = [];
  let dead = false;
  const alive = (): void => {
    if (dead) throw new Dead('the process is gone');
  };
  const die = (): never => {
    dead = true;
    throw new Dead('killed');
  };
  const mortal =
    <A extends readonly unknown[], R>(name: string, act: (...args: A) => R, half?: (...args: A) => void) =>
    (...args: A): R => {
      alive();
      calls.push(name);
      if (calls.length !== at) return act(...args);
      if (death === 'half') half?.(...args);
      if (death === 'after') act(...args);
      return die();
    };
  const dying: Disk = {
    makeFolder: mortal('makeFolder', (path: string) => disk.makeFolder(path)),
    openAppend: mortal('openAppend', (path: string) => disk.openAppend(path)),
    openNew: mortal('openNew', (path: string) => disk.openNew(path)),
    write: mortal(
      'write',
      (file: number, bytes: Uint8Array) => disk.write(file, bytes),
      (file, bytes) => void disk.write(file, bytes.subarray(0, bytes.length / 2)),
    ),
    truncate: mortal('truncate', (file: number, length: number) => disk.truncate(file, length)),
    sync: mortal('sync', (file: number) => disk.sync(file)),
    rename: mortal('rename', (from: string, to: string) => disk.rename(from, to)),
    link: mortal('link', (from: string, to: string) => disk.link(from, to)),
    remove: mortal('remove', (path: string) => disk.remove(path)),
    syncFolder: mortal('syncFolder', (path: string) => disk.syncFolder(path)),
    // The system closes what a dead process had open.
    close: (file) => disk.close(file),
    read: (path) => (alive(), disk.read(path)),
    modified: (path) => (alive(), disk.modified(path)),
    touch: (path, time) => (alive(), disk.touch(path, time)),
  };
  return { disk: dying, calls, isDead: () => dead };
};
