import { dynamicText, toDynamic } from './cast.ts';
import { coerce } from './coerce.ts';
import { derive } from './expr.ts';
import { type Builder, argument, argumentsOf, simple } from './function-kit.ts';
import { addressesIn, cidrBlocks, compareIpv4, formatIpv4, masked, parseIpv4 } from './ipv4.ts';
import { refuse } from './refused.ts';
import { type Value, isArray } from './values.ts';

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

function inRange(ip: string, range: string): boolean | null {
  const address = parseIpv4(ip);
  const block = parseIpv4(range);
  if (address === null || block === null) return null;
  if (address.prefix < block.prefix) return refuse('an IPv4 network in a narrower range is not evaluated');
  return masked(address.address, block.prefix) === masked(block.address, block.prefix);
}

function isPrivate(ip: string): boolean | null {
  const address = parseIpv4(ip);
  if (address === null) return null;
  const host = formatIpv4(address.prefix === 32 ? address.address : masked(address.address, address.prefix));
  return PRIVATE.some((range) => inRange(host, range) === true);
}

function compare(a: string, b: string, prefix = 32n): number | null {
  const left = parseIpv4(a);
  const right = parseIpv4(b);
  if (left === null || right === null || prefix < 0n || prefix > 32n) return null;
  return compareIpv4(left, right, Number(prefix));
}

/** The texts of the second argument on: single ones or arrays of them. */
const listed =
  (apply: (text: string, items: readonly string[]) => Value): Builder =>
  (call) => {
    const text = coerce(argument(call, 0), 'string');
    const rest = argumentsOf(call).slice(1);
    return derive('bool', [text, ...rest], (row) => {
      const items = rest.flatMap((arg) => {
        const value = toDynamic(arg.run(row), arg.type);
        return isArray(value) ? value.map(dynamicText) : [dynamicText(value)];
      });
      return apply(text.run(row) as string, items);
    });
  };

function inAnyRange(ip: string, ranges: readonly string[]): boolean | null {
  if (parseIpv4(ip) === null) return null;
  const hits = ranges.map((range) => inRange(ip, range));
  if (hits.includes(true)) return true;
  return hits.includes(null) ? refuse('ipv4_is_in_any_range() with a range that is none is not evaluated') : false;
}

function hasAny(text: string, items: readonly string[]): boolean {
  const found = addressesIn(text);
  return items.some((item) => found.includes(item));
}

function hasAnyPrefix(text: string, prefixes: readonly string[]): boolean {
  const found = addressesIn(text);
  return prefixes.some((prefix) => {
    const complete = parseIpv4(prefix) !== null && /^\d+(?:\.\d+){3}$/.test(prefix);
    if (complete) return found.includes(prefix);
    return /^(?:\d{1,3}\.){1,3}$/.test(prefix) && found.some((address) => address.startsWith(prefix));
  });
}

const formatted =
  (withMask: boolean): Builder =>
  (call) => {
    const value = argument(call, 0);
    const given = call.nodes[1] === undefined ? undefined : coerce(argument(call, 1), 'long');
    return derive(
      'string',
      [value, given].filter((part) => part !== undefined),
      (row) => {
        const raw = value.run(row);
        const number = typeof raw === 'bigint' || typeof raw === 'number' ? Number(raw) : undefined;
        const parsed =
          number === undefined
            ? parseIpv4(typeof raw === 'string' ? raw : '')
            : number >= 0 && number < 2 ** 32
              ? { address: number, prefix: 32 }
              : null;
        const mask = given === undefined ? 32n : given.run(row);
        if (parsed === null || typeof mask !== 'bigint' || mask < 0n || mask > 32n) return '';
        const prefix = Math.min(parsed.prefix, Number(mask));
        const text = formatIpv4(masked(parsed.address, prefix));
        return withMask ? `${text}/${prefix}` : text;
      },
    );
  };

export const ipv4Functions: Readonly<Record<string, Builder>> = {
  parse_ipv4: simple('long', ['string'], (ip) => {
    const parsed = parseIpv4(ip);
    return parsed === null ? null : BigInt(masked(parsed.address, parsed.prefix));
  }),
  parse_ipv4_mask: simple('long', ['string', 'long'], (ip, mask) => {
    const parsed = parseIpv4(ip);
    return parsed === null || mask < 0n || mask > 32n
      ? null
      : BigInt(masked(parsed.address, Math.min(parsed.prefix, Number(mask))));
  }),
  ipv4_is_private: simple('bool', ['string'], isPrivate),
  ipv4_is_in_range: simple('bool', ['string', 'string'], inRange),
  ipv4_is_in_any_range: listed(inAnyRange),
  ipv4_is_match: simple('bool', ['string', 'string', 'long?'], (a, b, prefix) => {
    const order = compare(a, b, prefix);
    return order === null ? null : order === 0;
  }),
  ipv4_compare: simple('long', ['string', 'string', 'long?'], (a, b, prefix) => {
    const order = compare(a, b, prefix);
    return order === null ? null : BigInt(order);
  }),
  ipv4_netmask_suffix: simple('long', ['string'], (ip) => {
    const parsed = parseIpv4(ip);
    return parsed === null ? null : BigInt(parsed.prefix);
  }),
  ipv4_range_to_cidr_list: simple('dynamic', ['string', 'string'], (from, to) => {
    const start = parseIpv4(from);
    const end = parseIpv4(to);
    return start === null || end === null || start.address > end.address
      ? null
      : cidrBlocks(start.address, end.address);
  }),
  format_ipv4: formatted(false),
  format_ipv4_mask: formatted(true),
  has_ipv4: listed(hasAny),
  has_any_ipv4: listed(hasAny),
  has_ipv4_prefix: listed(hasAnyPrefix),
  has_any_ipv4_prefix: listed(hasAnyPrefix),
};
