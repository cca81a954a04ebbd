import { TICKS, UNIX_EPOCH, addMonths, dayNumber, inRange, isoWeek, makeTicks, partsOf, weekday } from './calendar.ts';
import { convert } from './cast.ts';
import { coerce } from './coerce.ts';
import { derive, fixed } from './expr.ts';
import { type Builder, argument, argumentsOf, simple } from './function-kit.ts';
import { floorDiv, wrap64 } from './numbers.ts';
import { refuse } from './refused.ts';
import type { Value } from './values.ts';

const FIXED_UNITS: ReadonlyMap<string, bigint> = new Map([
  ['week', 7n * TICKS.day],
  ['day', TICKS.day],
  ['hour', TICKS.hour],
  ['minute', TICKS.minute],
  ['second', TICKS.second],
  ['millisecond', TICKS.millisecond],
  ['microsecond', TICKS.microsecond],
]);
const MONTH_UNITS: ReadonlyMap<string, number> = new Map([
  ['month', 1],
  ['quarter', 3],
  ['year', 12],
]);

const year = (ticks: bigint): bigint => makeTicks(partsOf(ticks).year, 1, 1) ?? 0n;
const month = (ticks: bigint): bigint => makeTicks(partsOf(ticks).year, partsOf(ticks).month, 1) ?? 0n;
const day = (ticks: bigint): bigint => ticks - (ticks % TICKS.day);
const week = (ticks: bigint): bigint => day(ticks) - BigInt(weekday(ticks)) * TICKS.day;

type Span = { start(ticks: bigint): bigint; move(start: bigint, count: bigint): bigint | null };
const days = (count: bigint) => (start: bigint, moves: bigint) => start + moves * count * TICKS.day;
const months = (count: number) => (start: bigint, moves: bigint) => addMonths(start, count * Number(moves));
const SPANS: Readonly<Record<'day' | 'week' | 'month' | 'year', Span>> = {
  day: { start: day, move: days(1n) },
  week: { start: week, move: days(7n) },
  month: { start: month, move: months(1) },
  year: { start: year, move: months(12) },
};

const startOf = (span: Span): Builder =>
  simple('datetime', ['datetime', 'long?'], (ticks, offset = 0n) => bounded(span.move(span.start(ticks), offset)));
const endOf = (span: Span): Builder =>
  simple('datetime', ['datetime', 'long?'], (ticks, offset = 0n) => {
    const next = span.move(span.start(ticks), offset + 1n);
    return next === null
      ? refuse('the end of a span outside the years 1 to 9999 is not evaluated')
      : bounded(next - 1n);
  });

function bounded(ticks: bigint | null): bigint {
  const inside = ticks === null ? null : inRange(ticks);
  return inside ?? refuse('a datetime outside the years 1 to 9999 is not evaluated');
}

function add(unit: string, amount: bigint, ticks: bigint): bigint {
  const name = unit.toLowerCase();
  const monthly = MONTH_UNITS.get(name);
  if (monthly !== undefined) return bounded(addMonths(ticks, monthly * Number(amount)));
  const size = FIXED_UNITS.get(name);
  if (size === undefined) return refuse(`datetime_add() by ${unit} is not evaluated`);
  return bounded(ticks + size * amount);
}

/** Boundaries of the unit between two moments: the first minus the second. */
function diff(unit: string, a: bigint, b: bigint): bigint {
  const name = unit.toLowerCase();
  const monthly = MONTH_UNITS.get(name);
  if (monthly !== undefined) return BigInt(monthIndex(a, monthly) - monthIndex(b, monthly));
  if (name === 'week') return (week(a) - week(b)) / (7n * TICKS.day);
  if (name === 'nanosecond') return wrap64((a - b) * 100n);
  const size = FIXED_UNITS.get(name);
  if (size === undefined) return refuse(`datetime_diff() by ${unit} is not evaluated`);
  return floorDiv(a, size) - floorDiv(b, size);
}

function monthIndex(ticks: bigint, unit: number): number {
  const parts = partsOf(ticks);
  return Math.floor((parts.year * 12 + parts.month - 1) / unit);
}

function dayOfYear(ticks: bigint): number {
  const parts = partsOf(ticks);
  return dayNumber(parts.year, parts.month, parts.day) - dayNumber(parts.year, 1, 1) + 1;
}

function datePart(part: string, ticks: bigint): number {
  const parts = partsOf(ticks);
  const within = (unit: bigint, cycle: bigint): number => Number((parts.ticksOfDay / unit) % cycle);
  switch (part.toLowerCase()) {
    case 'year':
      return parts.year;
    case 'quarter':
      return Math.floor((parts.month - 1) / 3) + 1;
    case 'month':
    case 'monthofyear':
      return parts.month;
    case 'week_of_year':
    case 'weekofyear':
      return isoWeek(ticks);
    case 'day':
    case 'dayofmonth':
      return parts.day;
    case 'dayofyear':
      return dayOfYear(ticks);
    case 'hour':
    case 'hourofday':
      return within(TICKS.hour, 24n);
    case 'minute':
      return within(TICKS.minute, 60n);
    case 'second':
      return within(TICKS.second, 60n);
    case 'millisecond':
      return within(TICKS.millisecond, 1000n);
    case 'microsecond':
      return within(TICKS.microsecond, 1_000_000n);
    case 'nanosecond':
      return Number(parts.ticksOfDay % TICKS.second) * 100;
    default:
      return refuse(`the datetime part ${part} is not evaluated`);
  }
}

const now: Builder = (call) => {
  const offset = call.nodes.length === 0 ? fixed('timespan', 0n) : coerce(argument(call, 0), 'timespan');
  return derive('datetime', [offset], (row) => {
    const ticks = offset.run(row);
    return typeof ticks === 'bigint' ? bounded(call.context.session.now + ticks) : null;
  });
};

const ago: Builder = (call) => {
  const offset = coerce(argument(call, 0), 'timespan');
  return derive('datetime', [offset], (row) => {
    const ticks = offset.run(row);
    return typeof ticks === 'bigint' ? bounded(call.context.session.now - ticks) : null;
  });
};

const makeDatetime: Builder = (call) => {
  const args = argumentsOf(call);
  if (args.length === 1 && args[0] !== undefined) {
    const [only] = args;
    return derive('datetime', [only], (row) => convert(only.run(row), only.type, 'datetime'));
  }
  const numbers = args.map((arg) => coerce(arg, 'real'));
  return derive('datetime', numbers, (row) => {
    const values = numbers.map((part) => part.run(row) as number | null);
    if (values.includes(null)) return null;
    const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = values.map(Number);
    return makeTicks(y, mo, d, h, mi, Math.floor(s), BigInt(Math.round((s - Math.floor(s)) * 1e7)));
  });
};

const makeTimespan: Builder = (call) => {
  const numbers = argumentsOf(call).map((arg) => coerce(arg, 'real'));
  return derive('timespan', numbers, (row) => {
    const values = numbers.map((part) => part.run(row) as number | null);
    if (values.includes(null)) return null;
    const plain = values.map(Number);
    const [d = 0, h = 0, m = 0, s = 0] = plain.length === 4 ? plain : [0, ...plain];
    if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s >= 60) return null;
    return BigInt(d) * TICKS.day + BigInt(h * 3600 + m * 60) * TICKS.second + BigInt(Math.round(s * 1e7));
  });
};

const unixTime = (unit: bigint, per: bigint): Builder => {
  return (call) => {
    const value = argument(call, 0);
    return derive('datetime', [value], (row) => {
      const number = value.run(row);
      if (number === null) return null;
      const ticks =
        typeof number === 'bigint' || (typeof number === 'number' && value.type === 'int')
          ? (BigInt(number) * unit) / per
          : fractional(number, unit, per);
      return inRange(ticks + UNIX_EPOCH);
    });
  };
};

function fractional(value: Value, unit: bigint, per: bigint): bigint {
  const ticks = (Number(value) * Number(unit)) / Number(per);
  return Number.isInteger(ticks) ? BigInt(ticks) : refuse('a Unix time with a fraction of a tick is not evaluated');
}

export const datetimeFunctions: Readonly<Record<string, Builder>> = {
  now,
  ago,
  startofday: startOf(SPANS.day),
  startofweek: startOf(SPANS.week),
  startofmonth: startOf(SPANS.month),
  startofyear: startOf(SPANS.year),
  endofday: endOf(SPANS.day),
  endofweek: endOf(SPANS.week),
  endofmonth: endOf(SPANS.month),
  endofyear: endOf(SPANS.year),
  datetime_add: simple('datetime', ['string', 'long', 'datetime'], add),
  datetime_diff: simple('long', ['string', 'datetime', 'datetime'], diff),
  datetime_part: simple('int', ['string', 'datetime'], datePart),
  datepart: simple('int', ['string', 'datetime'], datePart),
  dayofweek: simple('timespan', ['datetime'], (ticks) => BigInt(weekday(ticks)) * TICKS.day),
  dayofmonth: simple('int', ['datetime'], (ticks) => partsOf(ticks).day),
  dayofyear: simple('int', ['datetime'], dayOfYear),
  hourofday: simple('int', ['datetime'], (ticks) => datePart('hour', ticks)),
  monthofyear: simple('int', ['datetime'], (ticks) => partsOf(ticks).month),
  getmonth: simple('int', ['datetime'], (ticks) => partsOf(ticks).month),
  getyear: simple('int', ['datetime'], (ticks) => partsOf(ticks).year),
  week_of_year: simple('int', ['datetime'], isoWeek),
  weekofyear: simple('int', ['datetime'], isoWeek),
  make_datetime: makeDatetime,
  make_timespan: makeTimespan,
  unixtime_seconds_todatetime: unixTime(TICKS.second, 1n),
  unixtime_milliseconds_todatetime: unixTime(TICKS.millisecond, 1n),
  unixtime_microseconds_todatetime: unixTime(TICKS.microsecond, 1n),
  unixtime_nanoseconds_todatetime: unixTime(1n, 100n),
};
