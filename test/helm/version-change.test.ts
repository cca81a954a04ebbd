import { expect, test } from 'vitest';
import { versionChange } from '../../src/helm/version-change.ts';

test.each([
  ['1.20.0', '1.20.0', 'none', 0],
  ['1.20.0', '1.20.5', 'upgrade', 0],
  ['1.20.0', '1.19.6', 'downgrade', 1],
  ['1.18.12', '1.20.0', 'upgrade', 2],
  ['1.9.9', '1.10.0', 'upgrade', 1],
  ['1.20.0-standin.1', '1.20.0', 'none', 0],
  ['2.0.0', '1.20.0', 'downgrade', Number.POSITIVE_INFINITY],
])('from %s to %s', (from, to, direction, minors) => {
  expect(versionChange(from, to)).toEqual({ direction, minors });
});

test('what is no version is not compared', () => {
  expect(versionChange('', '1.20.0')).toBeUndefined();
});
