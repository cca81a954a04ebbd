import { expect, test } from 'vitest';
import { formatAddress, networkAddress, overlaps, parseAddress, parseCidr, type Cidr } from '../../src/config/cidr.ts';

const range = (text: string): Cidr => {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

test.each(['0.0.0.0', '10.0.0.10', '192.168.255.1', '255.255.255.255'])(
  '%s survives the way to a number and back',
  (text) => {
    expect(formatAddress(parseAddress(text) ?? -1)).toBe(text);
  },
);

test.each([
  '10.0.0',
  '10.0.0.0.0',
  '10.0.0.256',
  '010.0.0.1',
  '10.0.0.0/33',
  '10.0.0.0/',
  '/8',
  '::1/64',
  '10.0.0.0/8/8',
])('%s is no range', (text) => expect(parseCidr(text)).toBeUndefined());

test('clears host bits', () => expect(networkAddress(range('10.1.2.3/8'))).toBe('10.0.0.0/8'));

test.each([
  ['10.0.0.0/8', '10.244.0.0/16', true],
  ['10.0.0.0/16', '10.1.0.0/16', false],
  ['0.0.0.0/0', '192.0.2.0/24', true],
  ['10.0.0.0/25', '10.0.0.128/25', false],
])('%s and %s overlap: %s', (a, b, expected) => {
  expect(overlaps(range(a), range(b))).toBe(expected);
  expect(overlaps(range(b), range(a))).toBe(expected);
});
