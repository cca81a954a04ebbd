import type { InputRow } from './evaluate.ts';
import { parseJson } from './json.ts';
import { isBag } from './values.ts';

/** A line of NDJSON as a row, with longs beyond 2^53 and reals like 1.0 kept exact; undefined when the line is no JSON object. */
export function parseRow(line: string): InputRow | undefined {
  const value = parseJson(line);
  return value !== undefined && isBag(value) ? Object.fromEntries(value) : undefined;
}
