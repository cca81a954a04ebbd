/** An IPv4 range as numbers, both ends included. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

export const parseAddress = (text: string): number | undefined => {
  const parts = text.split('.').map(Number);
  const bad = parts.length !== 4 || !parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
  return bad ? undefined : parts.reduce((sum, part) => sum * 256 + part, 0);
};

/** `10.0.0.0/16`; undefined where it is not a range or its address is not the first of it. */
export const parseCidr = (text: string): Range | undefined => {
  const [address = '', length = '', ...rest] = text.split('/');
  const first = parseAddress(address);
  const prefix = /^\d{1,2}$/u.test(length) ? Number(length) : Number.NaN;
  if (rest.length > 0 || first === undefined || !(prefix >= 0 && prefix <= 32)) return undefined;
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { first, last: first + size - 1, prefix } : undefined;
};

export const overlap = (a: Range, b: Range): boolean => a.first <= b.last && b.first <= a.last;

/** Ranges that AKS keeps for itself. */
export const forbidden: readonly string[] = ['169.254.0.0/16', '172.30.0.0/16', '172.31.0.0/16', '192.0.2.0/24'];
