/** An IPv4 address with the length of its prefix, 32 when none is given. */
export type Ipv4 = { readonly address: number; readonly prefix: number };

export function parseIpv4(text: string): Ipv4 | null {
  const match = /^\s*(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?\s*$/.exec(text);
  if (match === null) return null;
  const octets = match.slice(1, 5).map(Number);
  const prefix = match[5] === undefined ? 32 : Number(match[5]);
  if (octets.some((octet) => octet > 255) || prefix > 32) return null;
  return { address: octets.reduce((sum, octet) => sum * 256 + octet, 0), prefix };
}

/** The address with the bits beyond the prefix cleared. */
export function masked(address: number, prefix: number): number {
  return prefix === 0 ? 0 : Math.floor(address / 2 ** (32 - prefix)) * 2 ** (32 - prefix);
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** -1, 0 or 1 under the shorter of the prefixes. */
export function compareIpv4(a: Ipv4, b: Ipv4, prefix = 32): number {
  const shortest = Math.min(a.prefix, b.prefix, prefix);
  return Math.sign(masked(a.address, shortest) - masked(b.address, shortest));
}

/** The addresses in a text: four numbers to 255 between characters that are no letters, digits or dots of a longer one. */
export function addressesIn(text: string): string[] {
  return [...text.matchAll(/(?<![0-9A-Za-z.])\d{1,3}(?:\.\d{1,3}){3}(?![0-9A-Za-z]|\.\d)/g)]
    .map((match) => match[0])
    .filter((found) => parseIpv4(found) !== null);
}

/** The fewest CIDR blocks that cover a range of addresses. */
export function cidrBlocks(start: number, end: number): string[] {
  const blocks: string[] = [];
  for (let at = start; at <= end;) {
    let size = 0;
    while (size < 32 && at % 2 ** (size + 1) === 0 && at + 2 ** (size + 1) - 1 <= end) size++;
    blocks.push(`${formatIpv4(at)}/${32 - size}`);
    at += 2 ** size;
  }
  return blocks;
}
