import { Problem } from '../errors/problem.ts';
import { type Duration, durationMs, durationText } from './duration.ts';
import type { Observed } from './step.ts';

type NotReady = Exclude<Observed<unknown>, { state: 'ready' }>;

/** What was seen, as progress. */
export const describe = (seen: NotReady): string => {
  switch (seen.state) {
    case 'absent':
      return seen.detail ?? 'not there yet';
    case 'converging':
      return seen.detail;
    case 'drifted':
      return `not yet as asked: ${seen.diff.join('; ')}`;
    case 'failed':
      return seen.reason;
    default:
      return seen satisfies never;
  }
};

/** What was seen, as a field of an event; absence needs no words of ours. */
export const detailOf = (seen: Observed<unknown>): { readonly detail?: string } => {
  if (seen.state === 'ready' || (seen.state === 'absent' && seen.detail === undefined)) return {};
  return { detail: describe(seen) };
};

export const broken = (reason: string): Problem => new Problem(reason, { kind: 'failed', code: 'step-failed' });

export const gaveUp = (seen: NotReady, attempts: number): Problem =>
  broken(`${describe(seen)} (after ${attempts} ${attempts === 1 ? 'try' : 'tries'})`);

export const drifted = (title: string, diff: readonly string[]): Problem =>
  new Problem(`${title}: what exists is not what the config asks for: ${diff.join('; ')}`, {
    kind: 'drift',
    code: 'drifted',
    hint: 'Run again with --fix-drift to change it, or change the config to what exists.',
  });

export const timedOut = (title: string, timeout: Duration, told: string): Problem =>
  new Problem(`${title}: not finished within ${durationText(durationMs(timeout))}${told === '' ? '' : ` (${told})`}`, {
    kind: 'timeout',
    code: 'step-timeout',
    hint: 'Azure may still be at work: run the same command again to go on waiting.',
  });
