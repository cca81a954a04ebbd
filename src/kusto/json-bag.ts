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

/** A value of JSON.parse as a dynamic. */
export function fromJson(value: unknown): Dynamic {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return null;
  return Array.isArray(value) ? value.map(fromJson) : new JsonBag(value as JsonObject);
}

// What JSON.parse would lose: reals that look whole, longs beyond 2^53, the order of keys that are numbers, a key called __proto__.
const LOSSY = /(?:"\s*:|[[,])\s*-?\d+(?:[.eE]|\d{15})|^\s*-?\d|"(?:\d+|__proto__)"\s*:/;

/** The fast way for texts of which JSON.parse loses nothing; undefined for other texts and for what is no JSON. */
export function quickParse(text: string): Dynamic | undefined {
  if (LOSSY.test(text)) return undefined;
  try {
    return fromJson(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
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
