import type { ReportedProblem } from '../engine/events.ts';
import { Problem } from './problem.ts';

/** What may be told of an error; anything that is not a Problem is a bug of ours and says so. */
export const reported = (error: unknown): ReportedProblem => {
  if (!(error instanceof Problem)) {
    return {
      kind: 'bug',
      code: 'bug',
      message: `This is a bug in aks-ebpf-sentinel: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'Please report it with the log file; nothing that was done is lost.',
    };
  }
  const { kind, code, message, hint, link, correlationId } = error;
  return {
    kind,
    code,
    message,
    ...(hint !== undefined && { hint }),
    ...(link !== undefined && { link }),
    ...(correlationId !== undefined && { correlationId }),
  };
};
