export interface Network {
  readonly base: number;
  readonly bits: number;
}

const toNumber = (address: string): number | undefined => {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
};

export const addressAt = (base: number, offset: number): string => {
  const value = base + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
};

/** An IPv4 CIDR, or undefined for anything else. */
export const parseNetwork = (cidr: string | undefined): Network | undefined => {
  const [address = '', prefix = ''] = (cidr ?? '').split('/');
  const number = toNumber(address);
  const bits = Number(prefix);
  if (number === undefined || prefix === '' || !Number.isInteger(bits) || bits < 0 || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  return { base: Math.floor(number / size) * size, bits };
};

export const sizeOf = (network: Network): number => 2 ** (32 - network.bits);

export const overlap = (a: Network, b: Network): boolean => a.base < b.base + sizeOf(b) && b.base < a.base + sizeOf(a);

export const contains = (network: Network, address: string): boolean => {
  const number = toNumber(address);
  return number !== undefined && number >= network.base && number < network.base + sizeOf(network);
};

export const formatNetwork = (network: Network): string => `${addressAt(network.base, 0)}/${network.bits}`;
