import { fromUnixMs } from './calendar.ts';
import { convert } from './cast.ts';
import { fromJson } from './json-bag.ts';
import { stringifyJson } from './json.ts';
import type { KqlType, Value } from './values.ts';

/** A value from outside (a JSON row) as a cell of a column; null where it does not fit the type. */
export function fromOutside(value: unknown, type: KqlType): Value {
  if (value === undefined || value === null) return type === 'string' ? '' : null;
  if (type === 'dynamic') return fromJson(value);
  if (value instanceof Date) return convert(fromUnixMs(value.getTime()), 'datetime', type);
  if (typeof value === 'string') return convert(value, 'string', type);
  if (typeof value === 'boolean') return convert(value, 'bool', type);
  if (typeof value === 'bigint')
    return type === 'datetime' || type === 'timespan' ? value : convert(value, 'long', type);
  if (typeof value === 'number') {
    const whole = Number.isInteger(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER && type !== 'real';
    return whole ? convert(BigInt(value), 'long', type) : convert(value, 'real', type);
  }
  return type === 'string' ? stringifyJson(fromJson(value)) : null;
}
