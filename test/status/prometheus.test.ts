import { expect, test } from 'vitest';
import { parsePrometheus, sumOf, sumsBy } from '../../src/status/prometheus.ts';

test('a sample is a name, labels and a value; comments and times are left out', () => {
  const text = [
    '# HELP tetragon_events_total The total number of Tetragon events',
    '# TYPE tetragon_events_total counter',
    'tetragon_events_total{binary="/usr/bin/nginx",type="PROCESS_EXEC"} 3',
    'tetragon_events_exported_total 7 1763920616000',
    '',
  ].join('\n');
  expect(parsePrometheus(text)).toEqual([
    { name: 'tetragon_events_total', labels: { binary: '/usr/bin/nginx', type: 'PROCESS_EXEC' }, value: 3 },
    { name: 'tetragon_events_exported_total', labels: {}, value: 7 },
  ]);
});

test.each<[string, number]>([
  ['1.763920616e+09', 1_763_920_616],
  ['0.25', 0.25],
  ['+Inf', Infinity],
  ['-Inf', -Infinity],
  ['NaN', NaN],
])('the value %s is read as Go wrote it', (text, value) => {
  expect(parsePrometheus(`a ${text}`)).toEqual([{ name: 'a', labels: {}, value }]);
});

test.each<[string, string]>([
  [String.raw`say \"hi\"`, 'say "hi"'],
  [String.raw`C:\\new`, String.raw`C:\new`],
  [String.raw`two\nlines`, 'two\nlines'],
  ['a}b,c= d', 'a}b,c= d'],
])('a label value may hold anything: %s', (written, read) => {
  expect(parsePrometheus(`m{x="${written}",y="1"} 1`)[0]?.labels).toEqual({ x: read, y: '1' });
});

test('spaces, a trailing comma, empty braces and carriage returns are of the format', () => {
  expect(parsePrometheus('m{ a = "1", b="2", }  5\r\nn{} 6\r\n')).toEqual([
    { name: 'm', labels: { a: '1', b: '2' }, value: 5 },
    { name: 'n', labels: {}, value: 6 },
  ]);
});

test('a line that is no sample hides no other', () => {
  expect(parsePrometheus('<html>\nm{a="1} 5\n12 13\nm 1').map(({ value }) => value)).toEqual([1]);
});

test('sums are over all labels, or by one of them; what is not there is not zero', () => {
  const samples = parsePrometheus('m{t="A",p="x"} 1\nm{t="A",p="y"} 2\nm{t="B"} 4\nm{p="z"} 8\nm{t="B"} NaN\nn 1');
  expect(sumOf(samples, 'm')).toBe(15);
  expect(sumsBy(samples, 'm', 't')).toEqual({ A: 3, B: 4 });
  expect(sumOf(samples, 'o')).toBeUndefined();
  expect(sumsBy(samples, 'o', 't')).toEqual({});
});
