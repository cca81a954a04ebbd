import { TICKS, clock } from './calendar.ts';
import { roundToBig, wrap64 } from './numbers.ts';

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ...['d', 'day', 'days'].map((name) => [name, TICKS.day] as const),
  ...['h', 'hr', 'hrs', 'hour', 'hours'].map((name) => [name, TICKS.hour] as const),
  ...['m', 'min', 'minute', 'minutes'].map((name) => [name, TICKS.minute] as const),
  ...['s', 'sec', 'second', 'seconds'].map((name) => [name, TICKS.second] as const),
  ...['ms', 'milli', 'millis', 'millisec', 'millisecond', 'milliseconds'].map(
    (name) => [name, TICKS.millisecond] as const,
  ),
  ...['micro', 'micros', 'microsec', 'microsecond', 'microseconds'].map((name) => [name, TICKS.microsecond] as const),
  ...['tick', 'ticks'].map((name) => [name, 1n] as const),
]);

/** Ticks of "1.5h", "15 seconds", "-1.02:03:04.5", "2" (days); null for any other text. */
export function parseTimespan(text: string): bigint | null {
  const trimmed = text.trim();
  const united = /^([-+]?)(\d+(?:\.\d+)?|\.\d+)\s*([a-z]+)$/i.exec(trimmed);
  if (united !== null) {
    const unit = UNITS.get((united[3] ?? '').toLowerCase());
    if (unit === undefined) return null;
    return signed(united[1] === '-', scaled(united[2] ?? '0', unit));
  }
  if (/^[-+]?\d+$/.test(trimmed)) return wrap64(BigInt(trimmed.replace('+', '')) * TICKS.day);
  const match = /^(-)?(?:(\d+)(?:\.|:(?=\d+:\d+:)))?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/.exec(trimmed);
  if (match === null) return null;
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const whole = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  return signed(sign === '-', BigInt(days) * TICKS.day + whole * TICKS.second + BigInt(fraction.padEnd(7, '0')));
}

// Decimal digits times the unit, exactly: doubles would lose ticks.
function scaled(digits: string, unit: bigint): bigint {
  const [whole = '', fraction = ''] = digits.split('.');
  const denominator = 10n ** BigInt(fraction.length);
  return (BigInt(`${whole}${fraction}` === '' ? '0' : `${whole}${fraction}`) * unit) / denominator;
}

function signed(negative: boolean, ticks: bigint): bigint {
  return wrap64(negative ? -ticks : ticks);
}

/** [-][d.]hh:mm:ss[.fffffff] */
export function formatTimespan(ticks: bigint): string {
  const absolute = ticks < 0n ? -ticks : ticks;
  const days = absolute / TICKS.day;
  const fraction = absolute % TICKS.second;
  const dot = fraction === 0n ? '' : `.${String(fraction).padStart(7, '0')}`;
  return `${ticks < 0n ? '-' : ''}${days === 0n ? '' : `${days}.`}${clock(absolute % TICKS.day)}${dot}`;
}

/** A timespan times a real, rounded to a tick. */
export function scaleTicks(ticks: bigint, factor: number): bigint | null {
  const product = Number(ticks) * factor;
  return Number.isFinite(product) && Math.abs(product) < 2 ** 63 ? roundToBig(product) : null;
}
