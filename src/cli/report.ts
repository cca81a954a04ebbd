import { Problem } from '../errors/problem.ts';

/** Everything that is known, for the log: the stack, and every cause below it. */
export const errorTrail = (error: unknown): string => {
  const trail: string[] = [];
  let at = error;
  while (at !== undefined && at !== null && trail.length < 8) {
    trail.push(at instanceof Error ? (at.stack ?? at.message) : JSON.stringify(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return trail.join('\ncaused by: ');
};

/** A run that somebody stopped is no failure, whatever was thrown on its way out. */
export const wasInterrupted = (error: unknown, signal: AbortSignal): boolean =>
  (error instanceof Problem && error.kind === 'interrupted') ||
  (signal.aborted && !(error instanceof Problem)) ||
  (error instanceof Error && error.name === 'ExitPromptError');
