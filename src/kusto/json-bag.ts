import type { Bag, Dynamic } from './values.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A bag over an object of JSON.parse whose members are read when they are asked for: rules look at a few members of large events.
 * Whole numbers are longs.
 */
export class JsonBag implements Bag {
  readonly source: JsonObject;

  constructor(source: JsonObject) {
    this.source = source;
  }

  get size(): number {
    return Object.keys(this.source).length;
  }

  get(key: string): Dynamic | undefined {
    return Object.hasOwn(this.source, key) ? fromJson(this.source[key]) : undefined;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.source, key);
  }

  keys(): MapIterator<string> {
    return this.#map().keys();
  }

  values(): MapIterator<Dynamic> {
    return this.#map().values();
  }

  entries(): MapIterator<[string, Dynamic]> {
    return this.#map().entries();
  }

  forEach(visitor: (value: Dynamic, key: string, bag: Bag) => void): void {
    for (const [key, value] of this.#map()) visitor(value, key, this);
  }

  [Symbol.iterator](): MapIterator<[string, Dynamic]> {
    return this.entries();
  }

  #map(): Map<string, Dynamic> {
    return new Map(Object.entries(this.source).map(([key, value]) => [key, fromJson(value)]));
  }
}

/** A value of JSON.parse, or one that is exact already, as a dynamic. */
export function fromJson(value: unknown): Dynamic {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return null;
  if (value instanceof JsonBag) return value;
  if (Array.isArray(value)) return value.map(fromJson);
  return value instanceof Map ? (value as Bag) : new JsonBag(value as JsonObject);
}

/** The fast way for texts of which JSON.parse loses nothing; undefined for other texts and for what is no JSON. */
export function quickParse(text: string): Dynamic | undefined {
  if (losesByParsing(text)) return undefined;
  try {
    return fromJson(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

const [QUOTE, BACKSLASH, DOT, ZERO, NINE, BIG_E, SMALL_E, UNDERSCORE] = [34, 92, 46, 48, 57, 69, 101, 95];

// JSON.parse loses reals that look whole, longs beyond 2^53, the order of keys that are numbers, and a key called __proto__. One pass over what
// stands outside strings; strings are jumped over.
function losesByParsing(text: string): boolean {
  let digits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = closingQuote(text, at + 1);
      if (end < 0) return true;
      const first = text.charCodeAt(at + 1);
      if (
        ((first >= ZERO && first <= NINE) || first === UNDERSCORE) &&
        /^(?:\d+|__proto__)$/.test(text.slice(at + 1, end))
      )
        return true;
      at = end;
      digits = 0;
    } else if (code >= ZERO && code <= NINE) {
      if (++digits > 15) return true;
    } else {
      if (code === DOT || code === BIG_E || (code === SMALL_E && digits > 0)) return true;
      digits = 0;
    }
  }
  return false;
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

/** The fast way to a bag's text; undefined when a number in it might be spelled differently by KQL. */
export function quickText(bag: JsonBag): string | undefined {
  return plainNumbers(bag.source) ? JSON.stringify(bag.source) : undefined;
}

function plainNumbers(value: unknown): boolean {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return !Object.is(value, -0);
    return !Number.isInteger(value) && Math.abs(value) >= 1e-4 && Math.abs(value) < 1e15;
  }
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint';
  if (Array.isArray(value)) return value.every(plainNumbers);
  for (const key in value) if (!plainNumbers((value as JsonObject)[key])) return false;
  return true;
}
