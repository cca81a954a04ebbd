import { dirname, join } from 'node:path';
import { Problem } from '../errors/problem.ts';
import type { Clock } from './clock.ts';
import { type Disk, writeWhole } from './disk.ts';
import { type JournalEntry, journalVersion } from './journal-record.ts';
import { type JournalState, journalState } from './journal-state.ts';

export type { JournalEntry } from './journal-record.ts';

/** A hint that saves work, never the truth: a lost or empty journal costs a re-attachment, not a resource. */
export interface Journal extends JournalState {
  /** Durable when it returns. */
  append(entry: JournalEntry): void;
  close(): void;
}

const journalIn = (folder: string): string => join(folder, 'journal.ndjson');

const unwritable = (path: string, error: unknown): Problem =>
  new Problem(`The journal ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
    kind: 'failed',
    code: 'journal-unwritable',
    hint: 'Make room on the disk, or give another folder with --state-dir; then run the same command again: it looks for itself at what exists.',
    cause: error,
  });

/** What a crash leaves of a last line is none. */
const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1);

/** What the journal of the folder says, if there is one; writes nothing. @throws Problem `usage` for one of a newer format. */
export const readJournal = (folder: string, disk: Pick<Disk, 'read'>): JournalState => {
  const path = journalIn(folder);
  return journalState(wholeLines(disk.read(path) ?? ''), path);
};

/**
 * Opens `journal.ndjson` in the folder; a last line without its end is what a crash leaves and is cut off.
 * `mayWrite` is asked before each record and throws where the folder is another run's by now.
 */
export const openJournal = (folder: string, disk: Disk, clock: Clock, mayWrite: () => void = () => {}): Journal => {
  const path = journalIn(folder);
  disk.makeFolder(dirname(path));
  const text = disk.read(path) ?? '';
  const whole = wholeLines(text);
  // Before anything is written: a journal of a newer version stays as it is.
  const state = journalState(whole, path);
  const file = disk.openAppend(path);
  let torn = false;
  if (whole.length !== text.length) {
    // Bytes that are no text make the lengths differ: there the torn line is ended instead of cut off.
    if (whole.includes('\uFFFD')) torn = true;
    else disk.truncate(file, Buffer.byteLength(whole));
  }
  if (text === '') disk.syncFolder(folder);

  return {
    append(entry) {
      mayWrite();
      const line = JSON.stringify({ v: journalVersion, at: new Date(clock.now()).toISOString(), ...entry });
      try {
        writeWhole(disk, file, `${torn ? '\n' : ''}${line}\n`);
        torn = false;
        disk.sync(file);
      } catch (error) {
        // A part of the line may be there: the next record must not be glued to it.
        torn = true;
        throw unwritable(path, error);
      }
      state.add(entry);
    },
    token: (step) => state.token(step),
    times: (step) => state.times(step),
    close: () => disk.close(file),
    get runs() {
      return state.runs;
    },
    get damagedLines() {
      return state.damagedLines;
    },
  };
};
