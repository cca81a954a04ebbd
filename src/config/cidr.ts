/** An IPv4 range as numbers: `first` is the network address, `size` the count of addresses. */
export interface Cidr {
  readonly text: string;
  readonly first: number;
  readonly prefix: number;
  readonly size: number;
}

const octet = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const addressPattern = new RegExp(`^${octet}\\.${octet}\\.${octet}\\.${octet}$`, 'u');

/** Undefined unless the text is a dotted IPv4 address without leading zeros. */
export const parseAddress = (text: string): number | undefined => {
  const match = addressPattern.exec(text);
  if (match === null) return undefined;
  return match.slice(1, 5).reduce((sum, part) => sum * 256 + Number(part), 0);
};

export const formatAddress = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');

/** Undefined unless the text is `a.b.c.d/n`; host bits are left in `text` and cleared in `first`. */
export const parseCidr = (text: string): Cidr | undefined => {
  const [head = '', tail = '', ...rest] = text.split('/');
  const address = parseAddress(head);
  if (address === undefined || rest.length > 0 || !/^(3[0-2]|[12]?\d)$/u.test(tail)) return undefined;
  const prefix = Number(tail);
  const size = 2 ** (32 - prefix);
  return { text, first: Math.floor(address / size) * size, prefix, size };
};

export const networkAddress = (range: Cidr): string => `${formatAddress(range.first)}/${range.prefix}`;

export const overlaps = (a: Cidr, b: Cidr): boolean => a.first < b.first + b.size && b.first < a.first + a.size;

export const holds = (range: Cidr, address: number): boolean =>
  address >= range.first && address < range.first + range.size;
