import { describe, expect, test } from 'vitest';
import type { SavedFunction } from '../../src/kusto/language.ts';
import { parseRow } from '../../src/kusto/ndjson.ts';
import { validate, validateFunction } from '../../src/kusto/validate.ts';
import { refusal, rows } from './run.ts';

const schemas = { Log: { TimeGenerated: 'datetime', Pod: 'string', Message: 'dynamic' } };
const Log = [
  {
    TimeGenerated: '2026-01-15T11:10:00.1234567Z',
    Pod: 'web-0',
    Message: { process: { binary: '/bin/sh', pid: 42, ratio: 0.5 } },
  },
  {
    TimeGenerated: '2026-01-15T11:50:00Z',
    Pod: 'web-1',
    Message: '{"process":{"binary":"/usr/bin/curl","pid":"7"}}',
    _IngestionTime: '2026-01-15T11:59:00Z',
  },
  { TimeGenerated: '2026-01-15T11:55:00Z', Pod: 'web-2', Message: 'plain text' },
];
const events: SavedFunction = {
  name: 'Events',
  params: '(bin: string = "*", since: timespan = 1h)',
  body: `Log
    | where TimeGenerated > ago(since)
    | extend E = iff(gettype(Message) == "dictionary", Message, parse_json(tostring(Message)))
    | extend Binary = tostring(E.process.binary), Pid = tolong(E.process.pid)
    | where isnotempty(Binary) and (bin == "*" or Binary endswith bin)`,
};
const shells: SavedFunction = { name: 'Shells', params: '()', body: '{ Events("sh") | project Pod, Pid }' };
const functions = [events, shells];

describe('rows of a workspace', () => {
  test('hold dynamic columns as objects and as text', () => {
    expect(rows('Events | project Pod, Binary, Pid', { Log }, { schemas, functions })).toEqual([
      ['web-0', '/bin/sh', 42n],
      ['web-1', '/usr/bin/curl', 7n],
    ]);
  });

  test('keep ticks and count their ingestion', () => {
    expect(
      rows('Log | where Pod == "web-0" | project TimeGenerated, Ingested = ingestion_time()', { Log }, { schemas }),
    ).toEqual([['2026-01-15T11:10:00.1234567Z', '2026-01-15T11:10:00.1234567Z']]);
    expect(rows('Log | where ingestion_time() > ago(2m) | project Pod', { Log }, { schemas })).toEqual([['web-1']]);
    expect(rows('Log | summarize count() by Pod | extend t = 1 | take 1 | project t', { Log }, { schemas })).toEqual([
      [1n],
    ]);
  });

  test('of a table without rows are none, and an unknown table is an error', () => {
    expect(rows('Log | count', {}, { schemas })).toEqual([[0n]]);
    expect(refusal('Nothing | count', { schemas })?.reason).toBe('invalid');
  });
});

test('a line of NDJSON keeps longs and reals exact', () => {
  const row = parseRow(
    '{"TimeGenerated":"2026-01-15T11:00:00Z","Pod":"p","Message":{"id":9007199254740993,"share":1.0,"in":[{"n":1}]}}',
  );
  const query = 'Log | project id = tolong(Message.id), share = gettype(Message.share), n = tostring(Message["in"])';
  expect(rows(query, { Log: row === undefined ? [] : [row] }, { schemas })).toEqual([
    [9007199254740993n, 'double', '[{"n":1}]'],
  ]);
  expect(parseRow('[1]')).toBeUndefined();
  expect(parseRow('{"a":')).toBeUndefined();
});

describe('saved functions', () => {
  test('call each other, with defaults and named arguments', () => {
    expect(rows('Shells', { Log }, { schemas, functions })).toEqual([['web-0', 42n]]);
    expect(rows('Events(since = 20m) | project Pod', { Log }, { schemas, functions })).toEqual([['web-1']]);
  });

  test('do not mistake a caller column for a parameter', () => {
    const half: SavedFunction = { name: 'Half', params: '(Pod: long)', body: '{ Pod / 2 }' };
    expect(
      rows(
        'Log | where Pod == "web-0" | extend n = 10 | extend h = Half(n) | project h',
        { Log },
        { schemas, functions: [half] },
      ),
    ).toEqual([[5n]]);
  });

  test('with a mistake in the body are found by validateFunction and refused when called', () => {
    const broken: SavedFunction = { name: 'Broken', params: '(x: string)', body: '{ Log | where Podd == x }' };
    expect(validateFunction(broken, { schemas }).diagnostics.map((diagnostic) => diagnostic.code)).toEqual(['KS142']);
    expect(refusal('Broken("a")', { schemas, functions: [broken] })?.message).toContain('Podd');
    expect(validateFunction(events, { schemas, functions }).diagnostics).toEqual([]);
  });
});

describe('watchlists', () => {
  test('are read by alias, columns that they lack fall back', () => {
    const query =
      '_GetWatchlist("Allow") | extend B = tostring(column_ifexists("Binary", "*")), N = column_ifexists("Nothing", "none") | project SearchKey, B, N';
    expect(rows(query, {}, { watchlists: { Allow: [{ SearchKey: 'shop', Binary: 'sh' }] } })).toEqual([
      ['shop', 'sh', 'none'],
    ]);
    expect(rows('_GetWatchlist("Other") | count')).toEqual([[0n]]);
  });

  test('serve as the list of in', () => {
    const query = 'let allow = _GetWatchlist("Allow") | project SearchKey; Log | where Pod !in (allow) | project Pod';
    expect(
      rows(query, { Log }, { schemas, watchlists: { Allow: [{ SearchKey: 'web-0' }, { SearchKey: 'web-2' }] } }),
    ).toEqual([['web-1']]);
  });
});

describe('validate', () => {
  test.each([
    ['an unknown column', 'Log | where Podd == "x"', 'KS142'],
    ['an unknown table', 'Logs | take 1', 'KS204'],
    ['an unknown function', 'Log | extend x = nothing(Pod)', 'KS211'],
    ['a wrong operand type', 'Log | where TimeGenerated > "yesterday"', 'KS106'],
  ])('reports %s with its place', (_, query, code) => {
    const [first] = validate(query, { schemas }).diagnostics;
    expect(first?.code).toBe(code);
    expect(first?.line).toBe(1);
    expect(query.slice((first?.column ?? 0) - 1)).toMatch(/^(Podd|Logs|nothing|> )/);
  });

  test('gives the columns of the result', () => {
    expect(validate('Events | summarize n = count() by Pod', { schemas, functions }).columns).toEqual([
      { name: 'Pod', type: 'string' },
      { name: 'n', type: 'long' },
    ]);
  });
});

describe('a refusal', () => {
  test('names the function or operator and where it stands', () => {
    expect(refusal('print rand()')).toEqual({
      reason: 'unsupported',
      message: 'the function rand() is not evaluated',
      position: 6,
    });
    expect(refusal('print x = 1 | sample 1')?.message).toContain('Sample');
  });

  test('of what KQL forbids is told apart from what is not evaluated', () => {
    expect(refusal('print 1 +')?.reason).toBe('invalid');
    expect(refusal('print "a" < "b"')?.reason).toBe('invalid');
    expect(refusal('print todecimal(1)')?.reason).toBe('unsupported');
  });
});
