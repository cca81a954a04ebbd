import { describe, expect, test } from 'vitest';
import { refusal, value } from './run.ts';

describe('has', () => {
  test.each([
    ['"/usr/bin/curl -o x" has "curl"', true],
    ['"/usr/bin/curlftpfs" has "curl"', false],
    ['"process_exec" has "exec"', true],
    ['"CAP_SYS_ADMINX" has "SYS_ADMIN"', false],
    ['"10.0.0.123" has "12"', false],
    ['"naïve été" has "na"', false],
    ['"North" hasprefix "nor"', true],
    ['"North" hasprefix_cs "nor"', false],
    ['"kube-system" hassuffix "tem"', true],
    ['"sh -c WGET" has_any ("curl", "wget")', true],
    ['"sh -c WGET" has_any (dynamic(["curl", "mywget"]))', false],
    ['"nc -l 4444" has_all ("nc", "sh")', false],
    ['"Abc" in~ ("abc")', true],
    ['"Abc" in ("abc")', false],
    ['"abc" =~ "ABC"', true],
    ['"İstanbul CURL" has "curl"', true],
  ])('%s is %s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });
});

describe('string functions', () => {
  test.each<[string, unknown]>([
    ['strlen("a😀")', 2n],
    ['substring("123456", -2, 2)', '56'],
    ['substring("0", 1, 2)', ''],
    ['split("a,b,c", ",", 1)', ['b']],
    ['split("a,b,c", ",", 9)', null],
    ['indexof("abcabc", "c", 3)', 5n],
    ['countof("ababa", "aba")', 2n],
    ['countof("ababa", "aba", "regex")', 1n],
    ['extract(@"pid=(\\d+)", 1, "pid=42", typeof(long))', 42n],
    ['extract("(x)?y", 1, "y")', ''],
    ['extract_all(@"(\\d+)", "none")', null],
    [
      'extract_all(@"([a-z])(\\d)", "a1b2")',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['replace_regex("john smith", @"(\\w+) (\\w+)", @"\\2 \\1")', 'smith john'],
    ['replace_string("abc", "", "x")', 'abc'],
    ['trim(@"[^\\w]+", "-- Te st1 --")', 'Te st1'],
    ['trim(@"(?i)A+", "aAbAa")', 'b'],
    ['strcat("a", 1, true, 2.5)', 'a1True2.5'],
    ['base64_decode_tostring("L2Jpbi9zaCAtYyBpZA==")', '/bin/sh -c id'],
    ['hash_sha256("World")', '78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524'],
    ['tostring(parse_url("http://h:80/a%20b?x=%2e").Path)', '/a%20b'],
  ])('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });
});

describe('regular expressions', () => {
  test.each([
    ['"curl x | sh" matches regex @"(?i)\\b(curl|wget)\\b[^|;&]*\\|\\s*sh"', true],
    ['"a\\nb" matches regex "a.b"', false],
    ['"a\\nb" matches regex "(?s)a.b"', true],
    ['"a\\nb" matches regex "a$"', false],
    ['"a\\nb" matches regex "(?m)a$"', true],
    ['"x[y" matches regex @"[[:alpha:]][[]y"', true],
    ['"a{b" matches regex "a{b"', true],
  ])('%s is %s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  test.each([
    ['a look-ahead', '(?=a)'],
    ['a look-behind', '(?<!a)b'],
    ['a back-reference', String.raw`(a)\1`],
    ['a possessive quantifier', 'a++'],
    ['an unclosed class', '[a'],
  ])('%s is no RE2 and refused', (_, pattern) => {
    expect(refusal(`print "aa" matches regex @"${pattern}"`)?.reason).toBe('unsupported');
  });

  test('a capture inside a loop, which RE2 keeps and JavaScript forgets, is refused', () => {
    expect(refusal('print extract("(?:(a)|b)*", 1, "ab")')?.reason).toBe('unsupported');
  });
});
