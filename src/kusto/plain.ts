import { formatTicks } from './calendar.ts';
import { taggedText } from './json.ts';
import { formatTimespan } from './timespan.ts';
import { type Dynamic, type KqlType, type Value, isArray, isBag } from './values.ts';

/** A cell as plain data for printing and for tests. */
export type Plain = null | boolean | number | bigint | string | readonly Plain[] | { readonly [key: string]: Plain };

export function plainCell(value: Value, type: KqlType): Plain {
  if (value === null) return type === 'string' ? '' : null;
  switch (type) {
    case 'datetime':
      return formatTicks(value as bigint);
    case 'timespan':
      return formatTimespan(value as bigint);
    case 'dynamic':
      return plainDynamic(value);
    case 'bool':
    case 'int':
    case 'long':
    case 'real':
    case 'string':
    case 'guid':
      return value as boolean | number | bigint | string;
  }
  return type satisfies never;
}

function plainDynamic(value: Dynamic): Plain {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (isArray(value)) return value.map(plainDynamic);
  if (isBag(value)) return Object.fromEntries([...value].map(([key, item]) => [key, plainDynamic(item)]));
  return taggedText(value);
}
