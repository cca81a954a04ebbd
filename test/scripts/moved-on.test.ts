import { describe, expect, test } from 'vitest';
import {
  apiVersionsIn,
  compareVersions,
  heldApiVersion,
  heldPackages,
  heldVersion,
  newestRelease,
  tableOf,
} from '../../scripts/moved-on.ts';

test('versions are compared by their numbers, and a preview is older than its release', () => {
  const sorted = ['1.0.0-beta.2', '1.0.0-beta.10', '1.0.0', 'v1.2.0', '1.10.0', '2.0.0'];
  expect(sorted.toReversed().toSorted(compareVersions)).toEqual(sorted);
  expect(compareVersions('v1.2.0', '1.2.0')).toBe(0);
});

test('the newest release is no preview, no word and no digest', () => {
  expect(newestRelease(['1.9.0', '1.20.1', '1.21.0-rc.1', 'latest', 'sha256-0.sig', '1.20.0'])).toBe('1.20.1');
  expect(newestRelease([])).toBeUndefined();
});

describe('packages', () => {
  const ranges = { commander: '^15.1.0', zod: '4.6.7', ws: '^8.0.0' };

  test('are current where npm names no newer one, also where ours is ahead of what it calls latest', () => {
    const outdated = { commander: { current: '15.1.0', latest: '14.0.3' }, ws: { current: '8.1.0', latest: '9.0.0' } };
    expect(heldPackages(ranges, outdated).map(({ name, ours, state }) => [name, ours, state])).toEqual([
      ['commander', '15.1.0', 'current'],
      ['zod', '4.6.7', 'current'],
      ['ws', '8.1.0', 'moved on'],
    ]);
  });

  test('without a registry are not reachable', () => {
    expect(heldPackages(ranges, undefined).map(({ state }) => state)).toEqual(Array(3).fill('not reachable'));
  });
});

describe('api-versions of an SDK', () => {
  const sources = new Map([
    ['/esm/operations/dataCollectionRules.js', 'queryParameters: [Parameters.apiVersion12], Parameters.apiVersion1'],
    [
      '/esm/models/parameters.js',
      `export const apiVersion1 = { mapper: { defaultValue: "2018-01-01" } };
       export const apiVersion12 = { mapper: { defaultValue: "2023-03-11" } };
       export const apiVersion2 = { mapper: { defaultValue: "2025-01-01" } };`,
    ],
    ['/esm/client.js', '"2025-10-01-preview"'],
  ]);

  test('are those that the operations of the type use', () => {
    expect(apiVersionsIn(sources, 'Microsoft.Insights/dataCollectionRules')).toEqual(['2023-03-11', '2018-01-01']);
  });

  test('are all of the package where it does not tell them apart', () => {
    expect(apiVersionsIn(new Map([['/esm/a.js', '"2025-05-01" "2026-05-01-preview"']]), 'X/y')).toEqual([
      '2026-05-01-preview',
      '2025-05-01',
    ]);
  });

  test('are held against ours of the same kind', () => {
    const state = (ours: string, inSdk: readonly string[] | undefined) => heldApiVersion('X/y', ours, inSdk, 'z').state;
    expect(state('2025-01-01', ['2026-05-01-preview', '2025-01-01'])).toBe('current');
    expect(state('2025-01-01', ['2026-01-01', '2025-01-01'])).toBe('moved on');
    expect(state('2025-01-01-preview', ['2026-05-01-preview'])).toBe('moved on');
    expect(state('2025-01-01', ['2022-09-01-preview'])).toBe('not known there');
    expect(state('2025-01-01', undefined)).toBe('not reachable');
  });
});

test('the table begins with what moved on', () => {
  const lines = tableOf([
    heldVersion('chart', 'tetragon', '1.7.0', '1.7.0', 'there'),
    heldVersion('chart', 'cilium', '1.20.0', '1.21.0', 'there'),
    heldVersion('kubernetes', 'k', '1.37.1', undefined, 'nowhere'),
  ]).split('\n');
  expect(lines.map((line) => line.split(/ {2,}/u).slice(0, 5))).toEqual([
    ['STATE', 'KIND', 'NAME', 'OURS', 'NEWEST'],
    ['moved on', 'chart', 'cilium', '1.20.0', '1.21.0'],
    ['not reachable', 'kubernetes', 'k', '1.37.1', '-'],
    ['current', 'chart', 'tetragon', '1.7.0', '1.7.0'],
  ]);
});
