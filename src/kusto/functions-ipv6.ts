import { dynamicText, toDynamic } from './cast.ts';
import { coerce } from './coerce.ts';
import { derive } from './expr.ts';
import { type Builder, argument, argumentsOf, simple } from './function-kit.ts';
import { parseIpv4 } from './ipv4.ts';
import { isArray } from './values.ts';

type Ipv6 = { readonly address: bigint; readonly prefix: number };

/** An IPv6 address, or an IPv4 one as ::ffff:a.b.c.d with its prefix moved by 96 bits. */
function parseIpv6(text: string): Ipv6 | null {
  const v4 = parseIpv4(text);
  if (v4 !== null) return { address: 0xffff_0000_0000n + BigInt(v4.address), prefix: v4.prefix + 96 };
  const match = /^\s*([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?\s*$/.exec(text);
  if (match === null) return null;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(match[1] ?? '');
  const tail = dotted === null ? null : parseIpv4(dotted[2] ?? '');
  if (dotted !== null && tail === null) return null;
  const hex =
    tail === null
      ? (match[1] ?? '')
      : `${dotted?.[1] ?? ''}${Math.floor(tail.address / 65536).toString(16)}:${(tail.address % 65536).toString(16)}`;
  // ::a.b.c.d counts as ::ffff:a.b.c.d, a prefix up to 32 from the IPv4 part.
  const address = tail !== null && dotted?.[1] === '::' ? 0xffff_0000_0000n + BigInt(tail.address) : parseGroups(hex);
  const prefix = match[2] === undefined ? 128 : Number(match[2]);
  if (address === null || prefix > 128) return null;
  return { address, prefix: tail !== null && match[2] !== undefined && prefix <= 32 ? prefix + 96 : prefix };
}

function parseGroups(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head = '', tail] = halves;
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...left, ...Array.from({ length: tail === undefined ? 0 : missing }, () => '0'), ...right];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

function masked(address: bigint, prefix: number): bigint {
  const shift = BigInt(128 - prefix);
  return (address >> shift) << shift;
}

function format(address: bigint): string {
  return address.toString(16).padStart(32, '0').match(/.{4}/g)?.join(':') ?? '';
}

function compare(a: string, b: string, prefix = 128n): bigint | null {
  const left = parseIpv6(a);
  const right = parseIpv6(b);
  if (left === null || right === null || prefix < 0n || prefix > 128n) return null;
  const shortest = Math.min(left.prefix, right.prefix, Number(prefix));
  const x = masked(left.address, shortest);
  const y = masked(right.address, shortest);
  return x < y ? -1n : x > y ? 1n : 0n;
}

function inRange(ip: string, range: string): boolean | null {
  const order = compare(ip, range);
  return order === null ? null : order === 0n;
}

const inAnyRange: Builder = (call) => {
  const ip = coerce(argument(call, 0), 'string');
  const rest = argumentsOf(call).slice(1);
  return derive('bool', [ip, ...rest], (row) => {
    const ranges = rest.flatMap((arg) => {
      const value = toDynamic(arg.run(row), arg.type);
      return isArray(value) ? value.map(dynamicText) : [dynamicText(value)];
    });
    const address = ip.run(row) as string;
    return parseIpv6(address) === null ? null : ranges.some((range) => inRange(address, range) === true);
  });
};

export const ipv6Functions: Readonly<Record<string, Builder>> = {
  parse_ipv6: simple('string', ['string'], (ip) => {
    const parsed = parseIpv6(ip);
    return parsed === null ? '' : format(masked(parsed.address, parsed.prefix));
  }),
  parse_ipv6_mask: simple('string', ['string', 'long'], (ip, mask) => {
    const parsed = parseIpv6(ip);
    return parsed === null || mask < 0n || mask > 128n
      ? ''
      : format(masked(parsed.address, Math.min(parsed.prefix, Number(mask))));
  }),
  ipv6_compare: simple('long', ['string', 'string', 'long?'], compare),
  ipv6_is_match: simple('bool', ['string', 'string', 'long?'], (a, b, prefix) => {
    const order = compare(a, b, prefix);
    return order === null ? null : order === 0n;
  }),
  ipv6_is_in_range: simple('bool', ['string', 'string'], inRange),
  ipv6_is_in_any_range: inAnyRange,
};
