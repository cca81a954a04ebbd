import { dirname, join } from 'node:path';
import { Problem } from '../errors/problem.ts';
import type { Clock } from './clock.ts';
import { type Disk, writeWhole } from './disk.ts';

const version = 1;

/** Operation tokens and step times, and nothing else of substance: no secrets, no resource bodies. */
export type JournalEntry =
  | { readonly type: 'run.started'; readonly tool: string; readonly config: string }
  | { readonly type: 'step.token'; readonly step: string; readonly token: string }
  | { readonly type: 'step.done'; readonly step: string; readonly ms: number; readonly changed: boolean }
  | { readonly type: 'step.failed'; readonly step: string; readonly code: string }
  | { readonly type: 'run.ended'; readonly outcome: string };

/** A hint that saves work, never the truth: a lost or empty journal costs a re-attachment, not a resource. */
export interface Journal {
  /** Durable when it returns. */
  append(entry: JournalEntry): void;
  /** Token of an operation that the step submitted and that no later record ends. */
  token(step: string): string | undefined;
  /** Hash of the config that the newest run in it had. */
  readonly lastConfig: string | undefined;
  /** How long the step's own changes took in earlier runs, oldest first. */
  times(step: string): readonly number[];
  /** Lines that could not be read and were passed over. */
  readonly damagedLines: number;
  close(): void;
}

type Fields = Readonly<Record<string, unknown>>;

/** Undefined for a record that a newer version of the same format wrote, or that somebody edited. */
const entryOf = ({ type, step, token, ms, changed, code, tool, config, outcome }: Fields): JournalEntry | undefined => {
  if (type === 'run.started' && typeof tool === 'string' && typeof config === 'string') return { type, tool, config };
  if (type === 'run.ended' && typeof outcome === 'string') return { type, outcome };
  if (typeof step !== 'string') return undefined;
  if (type === 'step.token' && typeof token === 'string') return { type, step, token };
  if (type === 'step.failed' && typeof code === 'string') return { type, step, code };
  if (type === 'step.done' && typeof ms === 'number' && typeof changed === 'boolean')
    return { type, step, ms, changed };
  return undefined;
};

const parseLine = (line: string): { readonly v: number; readonly entry: JournalEntry | undefined } | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const fields: Fields = { ...value };
    const { v, type } = fields;
    return typeof v === 'number' && typeof type === 'string' ? { v, entry: entryOf(fields) } : undefined;
  } catch {
    return undefined;
  }
};

const unwritable = (path: string, error: unknown): Problem =>
  new Problem(`The journal ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
    kind: 'failed',
    code: 'journal-unwritable',
    hint: 'Make room on the disk, or give another folder with --state-dir; then run the same command again: it looks for itself at what exists.',
    cause: error,
  });

/** Opens `journal.ndjson` in the folder; a last line without its end is what a crash leaves and is cut off. */
export const openJournal = (folder: string, disk: Disk, clock: Clock): Journal => {
  const path = join(folder, 'journal.ndjson');
  disk.makeFolder(dirname(path));
  const text = disk.read(path) ?? '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const file = disk.openAppend(path);
  let torn = false;
  if (whole.length !== text.length) {
    // Bytes that are no text make the lengths differ: there the torn line is ended instead of cut off.
    if (whole.includes('\uFFFD')) torn = true;
    else disk.truncate(file, Buffer.byteLength(whole));
  }
  if (text === '') disk.syncFolder(folder);

  const tokens = new Map<string, string>();
  const times = new Map<string, number[]>();
  let lastConfig: string | undefined;
  let damagedLines = 0;

  const fold = (entry: JournalEntry): void => {
    switch (entry.type) {
      case 'run.started':
        lastConfig = entry.config;
        return;
      case 'step.token':
        tokens.set(entry.step, entry.token);
        return;
      case 'step.done':
        tokens.delete(entry.step);
        if (entry.changed) times.set(entry.step, [...(times.get(entry.step) ?? []), entry.ms]);
        return;
      case 'step.failed':
        tokens.delete(entry.step);
        return;
      case 'run.ended':
        return;
      default:
        entry satisfies never;
    }
  };

  for (const line of whole.split('\n')) {
    if (line === '') continue;
    const read = parseLine(line);
    if (read === undefined) {
      damagedLines += 1;
    } else if (read.v > version) {
      disk.close(file);
      throw new Problem(
        `${path} was written by a newer aks-ebpf-sentinel (journal version ${read.v}, this one reads ${version})`,
        {
          kind: 'usage',
          code: 'journal-version',
          hint: 'Use the newer version, or point --state-dir at another folder: the run then finds out by itself what exists.',
        },
      );
    } else if (read.entry !== undefined) {
      fold(read.entry);
    }
  }

  return {
    append(entry) {
      const line = JSON.stringify({ v: version, at: new Date(clock.now()).toISOString(), ...entry });
      try {
        writeWhole(disk, file, `${torn ? '\n' : ''}${line}\n`);
        torn = false;
        disk.sync(file);
      } catch (error) {
        // A part of the line may be there: the next record must not be glued to it.
        torn = true;
        throw unwritable(path, error);
      }
      fold(entry);
    },
    token: (step) => tokens.get(step),
    times: (step) => times.get(step) ?? [],
    close: () => disk.close(file),
    get lastConfig() {
      return lastConfig;
    },
    get damagedLines() {
      return damagedLines;
    },
  };
};
