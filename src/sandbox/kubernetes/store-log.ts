import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { CannotServe } from '../cannot-serve.ts';
import type { KubeObject, Resource } from './objects.ts';

type Entry =
  | { readonly v: number; readonly r: Resource; readonly o: KubeObject }
  | { readonly v: number; readonly r: Resource; readonly ns?: string; readonly d: string }
  | { readonly v: number };

/** What the file is replayed into, and what it is compacted from. */
export interface LogTarget {
  version(newest: number): void;
  put(resource: Resource, object: KubeObject): void;
  delete(resource: Resource, namespace: string | undefined, name: string): void;
  objects(): Iterable<{ readonly resource: Resource; readonly object: KubeObject }>;
}

export interface StoreLog {
  put(version: number, resource: Resource, object: KubeObject): void;
  delete(version: number, resource: Resource, namespace: string | undefined, name: string): void;
  close(): void;
}

const compactAbove = 8 * 1024 * 1024;

/**
 * An append-only file of writes, one JSON line each, read back at the start.
 * A written line is with the kernel before the caller goes on, so it outlives `kill -9` of this process; a torn last line
 * (power loss) is cut off, other damage is a CannotServe. The file is rewritten when it is four times as large as what it describes.
 */
export const openStoreLog = (file: string, target: LogTarget): StoreLog => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file)) truncateSync(file, replay(readFileSync(file), target, file));
  let fd = openSync(file, 'a', 0o600);
  let size = 0;
  let limit = compactAbove;

  const append = (version: number, entry: Entry): void => {
    const line = `${JSON.stringify(entry)}\n`;
    writeSync(fd, line);
    size += line.length;
    if (size > limit) compact(version);
  };

  const compact = (version: number): void => {
    const fresh = openSync(`${file}.new`, 'w', 0o600);
    let written = writeSync(fresh, `${JSON.stringify({ v: version } satisfies Entry)}\n`);
    for (const { resource, object } of target.objects())
      written += writeSync(fresh, `${JSON.stringify({ v: version, r: resource, o: object } satisfies Entry)}\n`);
    renameSync(`${file}.new`, file);
    closeSync(fd);
    fd = fresh;
    size = written;
    limit = Math.max(compactAbove, written * 4);
  };

  return {
    put: (version, resource, object) => append(version, { v: version, r: resource, o: object }),
    delete: (version, resource, namespace, name) =>
      append(version, { v: version, r: resource, ...(namespace === undefined ? {} : { ns: namespace }), d: name }),
    close: () => closeSync(fd),
  };
};

/** Returns how many bytes were whole lines. */
const replay = (bytes: Buffer, target: LogTarget, file: string): number => {
  let start = 0;
  let line = 0;
  for (let end = bytes.indexOf(10, start); end !== -1; end = bytes.indexOf(10, start)) {
    line += 1;
    const entry = parse(bytes.toString('utf8', start, end));
    if (entry === undefined) {
      throw new CannotServe(
        `Line ${line} of ${file} is damaged: move the folder ${dirname(dirname(dirname(file)))} away to start with an empty sandbox.`,
      );
    }
    target.version(entry.v);
    if ('o' in entry) target.put(entry.r, entry.o);
    else if ('d' in entry) target.delete(entry.r, entry.ns, entry.d);
    start = end + 1;
  }
  return start;
};

const parse = (line: string): Entry | undefined => {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null && 'v' in parsed ? (parsed as Entry) : undefined;
  } catch {
    return undefined;
  }
};
