import { Problem } from './problem.ts';

/** Published: scripts rely on these, so a number never changes its meaning. */
export const exitCodes = [
  { code: 0, name: 'done', means: 'done, or nothing to do' },
  { code: 1, name: 'failed', means: 'failed; what is done is kept, and the same command continues' },
  {
    code: 2,
    name: 'usage',
    means: 'a flag, a value or the config file is wrong, or an answer is missing; nothing was created',
  },
  { code: 3, name: 'identity', means: 'not signed in, or a permission is missing' },
  {
    code: 4,
    name: 'preflight',
    means: 'a check before the first write stopped the run (quota, size, region, version, a clash)',
  },
  { code: 5, name: 'detached', means: 'this run ended, but an operation goes on in Azure' },
  { code: 6, name: 'drift', means: 'something differs from the config and was left alone' },
  { code: 7, name: 'locked', means: 'another run holds the lock' },
  { code: 8, name: 'timeout', means: 'a time limit passed; Azure may still be at work' },
  { code: 130, name: 'interrupted', means: 'interrupted by Ctrl-C or SIGTERM' },
  { code: 255, name: 'bug', means: 'a bug in this tool; the message names the log file' },
] as const;

export type ExitCode = (typeof exitCodes)[number]['code'];

/** What is not a Problem was not foreseen by anybody. */
export const exitCodeOf = (error: unknown): ExitCode => {
  if (!(error instanceof Problem)) return 255;
  switch (error.kind) {
    case 'usage':
      return 2;
    case 'sign-in':
    case 'permission':
      return 3;
    case 'preflight':
      return 4;
    case 'drift':
      return 6;
    case 'locked':
      return 7;
    case 'timeout':
      return 8;
    case 'interrupted':
      return 130;
    case 'conflict':
    case 'transient':
    case 'failed':
      return 1;
    default:
      return error.kind satisfies never;
  }
};
