import { Problem } from '../errors/problem.ts';

/** What is wrong with what was typed. A leaf: whoever refuses something needs it. */
export const usage = (message: string, hint?: string): Problem =>
  new Problem(message, { kind: 'usage', code: 'usage', hint });
