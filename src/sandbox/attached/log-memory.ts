import { existsSync, readFileSync } from 'node:fs';
import { isObject, numberAt, objectAt, textAt } from '../json.ts';
import { writePrivateFile } from '../server/private-file.ts';
import type { LogPosition } from './log-position.ts';

/** What the agent has to know after a restart, so that no row comes twice and none is left out. */
export interface LogMemory {
  /** What it works by: route and settings, as text; empty where nothing was let through. */
  orders: string;
  /** Since when, in milliseconds: what was logged before is not read. */
  since: number;
  readonly positions: Map<string, LogPosition>;
  /** Keys of logs that ended and were read to their end. */
  readonly finished: Set<string>;
}

export const readLogMemory = (file: string): LogMemory => {
  const empty = { orders: '', since: 0, positions: new Map<string, LogPosition>(), finished: new Set<string>() };
  if (!existsSync(file)) return empty;
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Rows may come twice then, which is better than that none come any more.
    return empty;
  }
  const positions = Object.entries(objectAt(read, 'positions')).flatMap(([key, value]) => {
    const time = textAt(value, 'time');
    return time === undefined || !/^\d+$/u.test(time)
      ? []
      : [[key, { time: BigInt(time), same: numberAt(value, 'same') ?? 1 }] as const];
  });
  return {
    orders: textAt(read, 'orders') ?? '',
    since: numberAt(read, 'since') ?? 0,
    positions: new Map(positions),
    finished: new Set(isObject(read) && Array.isArray(read['finished']) ? read['finished'].map(String) : []),
  };
};

export const writeLogMemory = (file: string, memory: LogMemory): void => {
  const positions = [...memory.positions].map(([key, { time, same }]) => [key, { time: String(time), same }]);
  const { orders, since, finished } = memory;
  writePrivateFile(
    file,
    JSON.stringify({ orders, since, positions: Object.fromEntries(positions), finished: [...finished] }),
  );
};
