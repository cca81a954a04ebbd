import { formatTicks, inRange } from './calendar.ts';
import { parseDatetime, resemblesMoment } from './datetime-text.ts';
import { stringifyJson, taggedText } from './json.ts';
import { formatReal, parseLong, parseReal, realToLong, toInt32 } from './numbers.ts';
import { refuse } from './refused.ts';
import { formatTimespan, parseTimespan } from './timespan.ts';
import { type Dynamic, type KqlType, type Value, isArray, isBag, isTagged } from './values.ts';

const GUID = /^[{(]?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})[)}]?$/i;

export function parseGuid(text: string): string | null {
  const match = GUID.exec(text.trim());
  return match === null ? null : match.slice(1).join('-').toLowerCase();
}

/** tostring(): null is empty, bool is True or False, a dynamic string is itself, other dynamics are JSON. */
export function toText(value: Value, type: KqlType): string {
  if (value === null) return '';
  switch (type) {
    case 'string':
    case 'guid':
      return typeof value === 'string' ? value : '';
    case 'bool':
      return value === true ? 'True' : 'False';
    case 'int':
    case 'long':
      return (value as number | bigint).toString();
    case 'real':
      return formatReal(Number(value));
    case 'datetime':
      return formatTicks(value as bigint);
    case 'timespan':
      return formatTimespan(value as bigint);
    case 'dynamic':
      return dynamicText(value);
  }
  return type satisfies never;
}

export function dynamicText(value: Dynamic): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatReal(value);
  if (isTagged(value)) return taggedText(value);
  return stringifyJson(value);
}

/** A typed value as it lies in a dynamic. */
export function toDynamic(value: Value, type: KqlType): Dynamic {
  if (value === null) return null;
  switch (type) {
    case 'datetime':
    case 'timespan':
      return { tag: type, ticks: value as bigint };
    case 'guid':
      return { tag: 'guid', text: value as string };
    case 'int':
      return BigInt(value as number);
    case 'bool':
    case 'long':
    case 'real':
    case 'string':
    case 'dynamic':
      return value;
  }
  return type satisfies never;
}

/** The type of a dynamic's content as a KQL type; undefined for null, arrays and bags. */
export function scalarTypeOf(value: Dynamic): KqlType | undefined {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'bigint') return 'long';
  if (typeof value === 'number') return 'real';
  if (typeof value === 'boolean') return 'bool';
  return isTagged(value) ? value.tag : undefined;
}

/** The content of a dynamic as a plain typed value. */
export function untag(value: Dynamic): Value {
  if (!isTagged(value)) return value;
  return value.tag === 'guid' ? value.text : value.ticks;
}

/** What to<type>() makes of a value; null where there is no conversion. */
export function convert(value: Value, from: KqlType, to: KqlType): Value {
  if (to === 'dynamic') return toDynamic(value, from);
  if (to === 'string') return toText(value, from);
  if (value === null) return null;
  if (from === 'dynamic') {
    const inner = scalarTypeOf(value);
    return inner === undefined ? null : convert(untag(value), inner, to);
  }
  if (from === to) return value;
  switch (to) {
    case 'bool':
      return toBool(value, from);
    case 'int':
      return toInt(value, from);
    case 'long':
      return toLong(value, from);
    case 'real':
      return toReal(value, from);
    case 'datetime':
      return toDatetime(value, from);
    case 'timespan':
      return toTimespan(value, from);
    case 'guid':
      return typeof value === 'string' ? parseGuid(value) : null;
  }
  return to satisfies never;
}

function toBool(value: Value, from: KqlType): boolean | null {
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (from === 'datetime' || from === 'timespan') return null;
    return Number(value) !== 0;
  }
  if (typeof value !== 'string') return null;
  const text = value.trim().toLowerCase();
  if (text === 'true') return true;
  if (text === 'false') return false;
  const number = parseLong(text);
  return number === null ? null : number !== 0n;
}

function toInt(value: Value, from: KqlType): number | null {
  if (from === 'string') {
    const parsed = parseLong(value as string);
    return parsed === null ? null : fitted(toInt32(parsed));
  }
  const whole = toLong(value, from);
  return whole === null ? null : fitted(toInt32(whole));
}

function fitted<T>(value: T | null): T {
  return value ?? refuse('converting a number that does not fit is not evaluated');
}

function toLong(value: Value, from: KqlType): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return Number.isNaN(value) ? null : fitted(realToLong(value));
  return typeof value === 'string' && from !== 'guid' ? parseLong(value) : null;
}

function toReal(value: Value, from: KqlType): number | null {
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' && from !== 'guid' ? (parseReal(value) ?? hexReal(value)) : null;
}

function hexReal(text: string): number | null {
  const parsed = parseLong(text);
  return parsed === null ? null : Number(parsed);
}

function toDatetime(value: Value, from: KqlType): bigint | null {
  if (typeof value === 'string') {
    const parsed = parseDatetime(value);
    return parsed === null && resemblesMoment(value) ? refuse(`the datetime ${value} is not evaluated`) : parsed;
  }
  if (typeof value === 'bigint' && from === 'long') return inRange(value);
  if (typeof value === 'number' && from === 'int') return inRange(BigInt(value));
  return from === 'timespan' || from === 'bool' ? null : refuse(`todatetime() of a ${from} is not evaluated`);
}

function toTimespan(value: Value, from: KqlType): bigint | null {
  if (typeof value === 'string')
    return /^\s*[-+]?\d+\s*$/.test(value)
      ? refuse('totimespan() of a bare number is not evaluated')
      : parseTimespan(value);
  return from === 'timespan' && typeof value === 'bigint'
    ? value
    : refuse(`totimespan() of a ${from} is not evaluated`);
}

/** A key that is equal exactly for values that group and join together. */
export function groupKey(value: Value): string {
  if (typeof value === 'string') return `s${value}`;
  if (typeof value === 'bigint') return `i${value}`;
  if (typeof value === 'number') return `r${Object.is(value, -0) ? 0 : value}`;
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  if (value === null) return 'n';
  if (isArray(value)) return `[${value.map(groupKey).join('\u0001')}]`;
  if (isBag(value)) return `{${[...value].map(([key, item]) => `${key}\u0002${groupKey(item)}`).join('\u0001')}}`;
  return isTagged(value) ? `${value.tag}${taggedText(value)}` : refuse('a dynamic holds a value of an unknown kind');
}
