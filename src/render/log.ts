import type { RunEvent } from '../engine/events.ts';

/** One event as a line of the log: time, type, then everything else as JSON, so that it can be read and searched alike. */
export const logLine = ({ v: _v, seq, time, type, ...rest }: RunEvent): string =>
  `${time} ${String(seq).padStart(4, '0')} ${type} ${JSON.stringify(rest)}`;
