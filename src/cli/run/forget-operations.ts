import { join } from 'node:path';
import type { Clock } from '../../engine/clock.ts';
import type { Disk } from '../../engine/disk.ts';
import { openJournal } from '../../engine/journal.ts';
import { Problem } from '../../errors/problem.ts';

/**
 * What was removed has nothing under way any more: a journal that still names an operation of it would say so at the next interrupt.
 * `all`: nothing of the deployment is left, so that no config made anything either.
 */
export const forgetOperations = (
  stateDir: string,
  removed: Iterable<string>,
  all: boolean,
  disk: Disk,
  clock: Clock,
): void => {
  if (disk.read(join(stateDir, 'journal.ndjson')) === undefined) return;
  try {
    const journal = openJournal(stateDir, disk, clock);
    for (const step of removed) {
      if (journal.token(step) !== undefined) journal.append({ type: 'step.failed', step, code: 'removed' });
    }
    if (all) journal.append({ type: 'removed' });
    journal.close();
  } catch (error) {
    // A hint that cannot be written is no reason to call a removal failed.
    if (!(error instanceof Problem)) throw error;
  }
};
