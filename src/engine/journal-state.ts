import { Problem } from '../errors/problem.ts';
import { type JournalEntry, journalVersion, parseRecord } from './journal-record.ts';

/** A run as its record has it: the hash of its config, and its settings where the journal's version knows them. */
export interface JournalRun {
  readonly config: string;
  readonly settings?: Readonly<Record<string, string | number | boolean | null>>;
}

/** What all records together say. */
export interface JournalState {
  /** Token of an operation that the step submitted and that no later record ends. */
  token(step: string): string | undefined;
  /** How long the step's own changes took in earlier runs, oldest first. */
  times(step: string): readonly number[];
  /** Runs since everything was removed, oldest first; one of the same config follows no other. */
  readonly runs: readonly JournalRun[];
  /** Lines that could not be read and were passed over. */
  readonly damagedLines: number;
}

export interface GrowingState extends JournalState {
  add(entry: JournalEntry): void;
}

/** Folds whole lines. @throws Problem `usage` for a journal of a newer format; `path` is for its message. */
export const journalState = (text: string, path: string): GrowingState => {
  const tokens = new Map<string, string>();
  const times = new Map<string, number[]>();
  let runs: JournalRun[] = [];
  let damagedLines = 0;

  const add = (entry: JournalEntry): void => {
    switch (entry.type) {
      case 'run.started': {
        const { config, settings } = entry;
        if (runs.at(-1)?.config === config && settings === undefined) return;
        if (runs.at(-1)?.config === config) runs.pop();
        runs.push({ config, ...(settings !== undefined && { settings }) });
        return;
      }
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
      case 'removed':
        tokens.clear();
        runs = [];
        return;
      case 'run.ended':
        return;
      default:
        entry satisfies never;
    }
  };

  for (const line of text.split('\n')) {
    if (line === '') continue;
    const read = parseRecord(line);
    if (read === undefined) damagedLines += 1;
    else if (read.v > journalVersion) throw newer(path, read.v);
    else if (read.entry !== undefined) add(read.entry);
  }

  return {
    add,
    token: (step) => tokens.get(step),
    times: (step) => times.get(step) ?? [],
    get runs() {
      return runs;
    },
    get damagedLines() {
      return damagedLines;
    },
  };
};

const newer = (path: string, version: number): Problem =>
  new Problem(
    `${path} was written by a newer aks-ebpf-sentinel (journal version ${version}, this one reads ${journalVersion})`,
    {
      kind: 'usage',
      code: 'journal-version',
      hint: 'Use the newer version, or point --state-dir at another folder: the run then finds out by itself what exists.',
    },
  );
