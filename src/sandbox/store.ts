import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { CannotServe } from './cannot-serve.ts';
import { writePrivateFile } from './server/private-file.ts';

/** A named map of JSON values; values are replaced, never changed in place. */
export interface Collection<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): void;
  values(): readonly T[];
  entries(): readonly (readonly [string, T])[];
}

export interface Store {
  /** The caller owns the shape of what it stores under a name. */
  collection<T>(name: string): Collection<T>;
  /** Forgets every collection but the named ones. */
  clear(keep: readonly string[]): void;
  close(): void;
}

/** Bytes of changes after which the journal is written anew from what they amount to. */
const compactAfter = 16 * 1024 * 1024;

/**
 * The sandbox's memory: an append-only journal of [collection, key, value or null], each written by one system call before the
 * answer that depends on it. A kill loses nothing that was answered; a torn last line is what nobody was told of. Any other damage is an error: half a memory would be believed.
 */
export const openStore = (file: string): Store => {
  const maps = readJournal(file);
  let descriptor = rewrite(file, maps);
  let appended = 0;
  const compact = (): void => {
    closeSync(descriptor);
    descriptor = rewrite(file, maps);
    appended = 0;
  };
  let closed = false;
  const append = (line: readonly [string, string, unknown]): void => {
    // The number of a closed file is soon another file's.
    if (closed) throw new Error('The sandbox has ended.');
    if (appended > compactAfter) compact();
    appended += writeSync(descriptor, `${JSON.stringify(line)}\n`);
  };
  const mapOf = (name: string): Map<string, unknown> => {
    const map = maps.get(name) ?? new Map<string, unknown>();
    maps.set(name, map);
    return map;
  };
  return {
    collection<T>(name: string): Collection<T> {
      return {
        get: (key) => mapOf(name).get(key) as T | undefined,
        set(key, value) {
          append([name, key, value]);
          mapOf(name).set(key, value);
        },
        delete(key) {
          if (!mapOf(name).has(key)) return;
          append([name, key, null]);
          mapOf(name).delete(key);
        },
        values: () => [...mapOf(name).values()] as T[],
        entries: () => [...mapOf(name).entries()] as [string, T][],
      };
    },
    clear(keep) {
      for (const name of maps.keys()) if (!keep.includes(name)) maps.delete(name);
      compact();
    },
    close() {
      closed = true;
      closeSync(descriptor);
    },
  };
};

const readJournal = (file: string): Map<string, Map<string, unknown>> => {
  const maps = new Map<string, Map<string, unknown>>();
  if (!existsSync(file)) return maps;
  const lines = readFileSync(file, 'utf8').split('\n');
  for (const [index, line] of lines.entries()) {
    const entry = parseLine(line);
    if (entry === undefined) {
      // What comes after the last line break was never whole, and nobody was told of it.
      if (index === lines.length - 1) break;
      throw new CannotServe(
        `Line ${index + 1} of ${file} is damaged: move the folder ${dirname(file)} away to start with an empty sandbox.`,
      );
    }
    const [name, key, value] = entry;
    const map = maps.get(name) ?? new Map<string, unknown>();
    maps.set(name, map);
    if (value === null) map.delete(key);
    else map.set(key, value);
  }
  return maps;
};

const parseLine = (line: string): readonly [string, string, unknown] | undefined => {
  try {
    const parsed: unknown = JSON.parse(line);
    if (!Array.isArray(parsed) || parsed.length !== 3) return undefined;
    const [name, key, value] = parsed as unknown[];
    return typeof name === 'string' && typeof key === 'string' ? [name, key, value] : undefined;
  } catch {
    return undefined;
  }
};

const rewrite = (file: string, maps: ReadonlyMap<string, ReadonlyMap<string, unknown>>): number => {
  const lines = [...maps].flatMap(([name, map]) =>
    [...map].map(([key, value]) => `${JSON.stringify([name, key, value])}\n`),
  );
  writePrivateFile(file, lines.join(''));
  return openSync(file, 'a', 0o600);
};
