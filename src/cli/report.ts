import type { ReportedProblem } from '../engine/events.ts';
import { Problem } from '../errors/problem.ts';

/** What may be told of an error; anything that is not a Problem is a bug of ours and says so. */
export const reported = (error: unknown): ReportedProblem => {
  if (error instanceof Problem) {
    const { kind, code, message, hint, link, correlationId } = error;
    return {
      kind,
      code,
      message,
      ...(hint !== undefined && { hint }),
      ...(link !== undefined && { link }),
      ...(correlationId !== undefined && { correlationId }),
    };
  }
  return {
    kind: 'bug',
    code: 'bug',
    message: `This is a bug in aks-ebpf-sentinel: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'Please report it with the log file; nothing that was done is lost.',
  };
};

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
