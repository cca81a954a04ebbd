import { createHash } from 'node:crypto';

/** Kubernetes' own alphabet for generated names: no vowels, no digits that look like letters. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export const shortHash = (text: string, hexDigits: number): string => digest(text).toString('hex').slice(0, hexDigits);

/** `length` characters such as a pod's suffix; the same text always gives the same ones. */
export const safeSuffix = (text: string, length: number): string =>
  [...digest(text).subarray(0, length)].map((byte) => SAFE[byte % SAFE.length]).join('');

/** A whole number below `limit`. */
export const numberFrom = (text: string, limit: number): number => digest(text).readUInt32BE(0) % limit;

export const uuidFrom = (text: string): string => {
  const hex = shortHash(text, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
};

/**
 * A template's hash: independent of the order of keys, which differs between appliers. Kubernetes writes a 32-bit number's
 * decimal digits in its alphabet, so ten letters of it occur and the length is that of the number.
 */
export const templateHash = (template: unknown): string => {
  const digits = String(digest(JSON.stringify(sorted(template))).readUInt32BE(0));
  return Array.from(digits, (digit) => SAFE[digit.charCodeAt(0) % SAFE.length]).join('');
};
