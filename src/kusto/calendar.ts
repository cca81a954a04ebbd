/** 100 ns ticks since 0001-01-01T00:00:00Z, as .NET and Kusto count them. */
export const TICKS = {
  microsecond: 10n,
  millisecond: 10_000n,
  second: 10_000_000n,
  minute: 600_000_000n,
  hour: 36_000_000_000n,
  day: 864_000_000_000n,
} as const;

/** 9999-12-31T23:59:59.9999999Z */
export const MAX_DATETIME = 3_155_378_975_999_999_999n;
const EPOCH_DAYS = 719_162;
const EPOCH_MS = BigInt(EPOCH_DAYS) * 86_400_000n;

export type Parts = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly ticksOfDay: bigint;
};

/** null outside year 1 to 9999. */
export function inRange(ticks: bigint): bigint | null {
  return ticks >= 0n && ticks <= MAX_DATETIME ? ticks : null;
}

export function fromUnixMs(ms: number): bigint {
  return (BigInt(ms) + EPOCH_MS) * TICKS.millisecond;
}

export const UNIX_EPOCH = EPOCH_MS * TICKS.millisecond;

export function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function daysInMonth(year: number, month: number): number {
  return month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days since 0001-01-01 of a date in the proleptic Gregorian calendar. */
export function dayNumber(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.floor(date.getTime() / 86_400_000) + EPOCH_DAYS;
}

/** Ticks of a date and a time of day; null when there is no such day or time. */
export function makeTicks(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  fraction = 0n,
): bigint | null {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return null;
  return (
    BigInt(dayNumber(year, month, day)) * TICKS.day +
    BigInt(hour * 3600 + minute * 60 + second) * TICKS.second +
    fraction
  );
}

export function partsOf(ticks: bigint): Parts {
  const date = new Date((Number(ticks / TICKS.day) - EPOCH_DAYS) * 86_400_000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    ticksOfDay: ticks % TICKS.day,
  };
}

/** 0 is Sunday. */
export function weekday(ticks: bigint): number {
  return (Number(ticks / TICKS.day) + 1) % 7;
}

/** The same day of a month so many months away, or that month's last day. */
export function addMonths(ticks: bigint, months: number): bigint | null {
  const parts = partsOf(ticks);
  const index = parts.year * 12 + parts.month - 1 + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  if (year < 1 || year > 9999) return null;
  const date = makeTicks(year, month, Math.min(parts.day, daysInMonth(year, month)));
  return date === null ? null : date + parts.ticksOfDay;
}

/** ISO 8601 week of the year. */
export function isoWeek(ticks: bigint): number {
  const day = ticks / TICKS.day;
  const thursday = day - BigInt((weekday(ticks) + 6) % 7) + 3n;
  const { year } = partsOf(thursday * TICKS.day);
  return Math.floor((Number(thursday) - dayNumber(year, 1, 1)) / 7) + 1;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** 2026-01-02T03:04:05.0000000Z */
export function formatTicks(ticks: bigint): string {
  const { year, month, day, ticksOfDay } = partsOf(ticks);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${clock(ticksOfDay)}.${String(ticksOfDay % TICKS.second).padStart(7, '0')}Z`;
}

/** hh:mm:ss */
export function clock(ticksOfDay: bigint): string {
  const seconds = Number(ticksOfDay / TICKS.second);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
