import { TICKS, partsOf } from './calendar.ts';
import { coerce } from './coerce.ts';
import { derive } from './expr.ts';
import { type Builder, argument, simple } from './function-kit.ts';
import { refuse } from './refused.ts';

const DATE_TOKEN = /yyyy|yy|y|MM|M|dd|d|HH|H|hh|h|mm|m|ss|s|tt|f{1,7}|F{1,7}|[ /\-:,._[\]]|[\s\S]/g;
const SPAN_TOKEN = /d{1,8}|HH|H|hh|h|mm|m|ss|s|f{1,7}|F{1,7}|[ /\-:,._[\]]|[\s\S]/g;
const DELIMITER = /^[ /\-:,._[\]]$/;

const padded = (value: number | bigint, width: number): string => String(value).padStart(width, '0');

function fraction(ticks: bigint, token: string): string {
  const digits = padded(ticks % TICKS.second, 7).slice(0, token.length);
  return token.startsWith('F') ? digits.replace(/0+$/, '') : digits;
}

function formatDatetime(ticks: bigint, format: string): string {
  const parts = partsOf(ticks);
  const hour = Number(parts.ticksOfDay / TICKS.hour);
  const minute = Number((parts.ticksOfDay / TICKS.minute) % 60n);
  const second = Number((parts.ticksOfDay / TICKS.second) % 60n);
  return format.replace(DATE_TOKEN, (token) => {
    switch (token) {
      case 'yyyy':
        return padded(parts.year, 4);
      case 'yy':
        return padded(parts.year % 100, 2);
      case 'y':
        return String(parts.year % 100);
      case 'MM':
        return padded(parts.month, 2);
      case 'M':
        return String(parts.month);
      case 'dd':
        return padded(parts.day, 2);
      case 'd':
        return String(parts.day);
      case 'HH':
        return padded(hour, 2);
      case 'H':
        return String(hour);
      case 'hh':
        return padded(((hour + 11) % 12) + 1, 2);
      case 'h':
        return String(((hour + 11) % 12) + 1);
      case 'mm':
        return padded(minute, 2);
      case 'm':
        return String(minute);
      case 'ss':
        return padded(second, 2);
      case 's':
        return String(second);
      case 'tt':
        return hour < 12 ? 'AM' : 'PM';
      default:
        if (/^[fF]/.test(token)) return fraction(ticks, token);
        return DELIMITER.test(token) ? token : refuse(`format_datetime() with ${token} in its format is not evaluated`);
    }
  });
}

function formatTimespan(ticks: bigint, format: string): string {
  if (ticks < 0n) return refuse('format_timespan() of a negative timespan is not evaluated');
  const hour = Number((ticks / TICKS.hour) % 24n);
  const minute = Number((ticks / TICKS.minute) % 60n);
  const second = Number((ticks / TICKS.second) % 60n);
  return format.replace(SPAN_TOKEN, (token) => {
    switch (token) {
      case 'HH':
      case 'hh':
        return padded(hour, 2);
      case 'H':
      case 'h':
        return String(hour);
      case 'mm':
        return padded(minute, 2);
      case 'm':
        return String(minute);
      case 'ss':
        return padded(second, 2);
      case 's':
        return String(second);
      default:
        if (token.startsWith('d')) return padded(ticks / TICKS.day, token.length);
        if (/^[fF]/.test(token)) return fraction(ticks, token);
        return DELIMITER.test(token) ? token : refuse(`format_timespan() with ${token} in its format is not evaluated`);
    }
  });
}

const UNITS = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];

function formatBytes(value: number, precision: bigint, unit?: string): string {
  const index =
    unit === undefined
      ? UNITS.findLastIndex((_, power) => power === 0 || Math.abs(value) >= 1024 ** power)
      : UNITS.indexOf(unit);
  if (index < 0) return refuse(`format_bytes() in ${unit} is not evaluated`);
  const scale = 10 ** Number(precision);
  const number = Math.round((value / 1024 ** index) * scale) / scale;
  return `${number} ${UNITS[index] ?? ''}`;
}

const formatBytesCall: Builder = (call) => {
  const value = coerce(argument(call, 0), 'real');
  const precision = call.nodes[1] === undefined ? undefined : coerce(argument(call, 1), 'long');
  const unit = call.nodes[2] === undefined ? undefined : coerce(argument(call, 2), 'string');
  return derive(
    'string',
    [value, precision, unit].filter((part) => part !== undefined),
    (row) => {
      const number = value.run(row);
      const digits = precision?.run(row) ?? 0n;
      if (typeof number !== 'number' || typeof digits !== 'bigint') return '';
      const name = unit?.run(row);
      return formatBytes(number, digits, typeof name === 'string' ? name : undefined);
    },
  );
};

export const formatFunctions: Readonly<Record<string, Builder>> = {
  format_datetime: simple('string', ['datetime', 'string'], formatDatetime),
  format_timespan: simple('string', ['timespan', 'string'], formatTimespan),
  format_bytes: formatBytesCall,
};
