import { TICKS, inRange, makeTicks } from './calendar.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const TIME = String.raw`(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?`;
const ZONE = String.raw`\s*(Z|z|GMT|UTC|[+-]\d{1,2}:?\d{2})?`;
const ISO = new RegExp(String.raw`^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:T|t|\s+)${TIME}${ZONE})?\s*Z?$`);
const SLASHED = new RegExp(String.raw`^(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+${TIME}${ZONE})?$`);
const YEAR_SLASHED = new RegExp(String.raw`^(\d{4})/(\d{1,2})/(\d{1,2})(?:\s+${TIME}${ZONE})?$`);
const NAMED = new RegExp(
  String.raw`^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?(\d{1,2})[-\s]([A-Za-z]{3})[a-z]*[-\s](\d{4}|\d{2})(?:\s+${TIME}${ZONE})?$`,
  'i',
);

/** Ticks of a datetime in one of the documented spellings (ISO 8601, RFC 822, RFC 850 and their kin); null for any other text. */
export function parseDatetime(text: string): bigint | null {
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed) ?? YEAR_SLASHED.exec(trimmed);
  if (iso !== null) return build(Number(iso[1]), Number(iso[2]), Number(iso[3]), iso.slice(4));
  const slashed = SLASHED.exec(trimmed);
  if (slashed !== null) return build(Number(slashed[3]), Number(slashed[1]), Number(slashed[2]), slashed.slice(4));
  const named = NAMED.exec(trimmed);
  if (named === null) return null;
  const month = MONTHS.indexOf((named[2] ?? '').toLowerCase()) + 1;
  const year = Number(named[3]);
  return build(year < 50 ? year + 2000 : year < 100 ? year + 1900 : year, month, Number(named[1]), named.slice(4));
}

const MOMENTLIKE =
  /^\s*(?:\d+\s*[-/:.]\s*\d|\d+\s*(?:st|nd|rd|th)?[\s-]*[a-z]{3}[a-z]*[\s-]+\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]*[\s,-]+\d)/i;

/** Whether a text that parseDatetime does not know may be a moment to the engine. */
export function resemblesMoment(text: string): boolean {
  return MOMENTLIKE.test(text) && ![ISO, YEAR_SLASHED, SLASHED, NAMED].some((pattern) => pattern.test(text.trim()));
}

function build(year: number, month: number, day: number, time: readonly (string | undefined)[]): bigint | null {
  const [hour = '0', minute = '0', second = '0', fraction = '', half, zone] = time;
  const ticks = makeTicks(
    year,
    month,
    day,
    hourOf(Number(hour), half),
    Number(minute),
    Number(second),
    BigInt(fraction.padEnd(7, '0').slice(0, 7)),
  );
  return ticks === null ? null : inRange(ticks - offset(zone));
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return -1;
  return (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

function offset(zone: string | undefined): bigint {
  const match = /^([+-])(\d{1,2}):?(\d{2})$/.exec(zone ?? '');
  if (match === null) return 0n;
  const ticks = BigInt(Number(match[2]) * 60 + Number(match[3])) * TICKS.minute;
  return match[1] === '-' ? -ticks : ticks;
}
