import { expect, test } from 'vitest';
import { parseHistory, parseList, parseValues } from '../../src/helm/release.ts';

// Shapes of helm 3.17.3 and 4.1.4, which agree here.
const list = JSON.stringify([
  {
    name: 'cilium',
    namespace: 'kube-system',
    revision: '2',
    updated: '2026-11-23 15:00:00.000000000 +0000 UTC',
    status: 'pending-upgrade',
    chart: 'cilium-1.20.0-standin.1',
    app_version: '1.20.0',
  },
]);

test('reads a release and splits its chart from the version, pre-release and all', () => {
  expect(parseList(list, 'cilium')).toEqual({
    name: 'cilium',
    namespace: 'kube-system',
    revision: 2,
    status: 'pending-upgrade',
    chart: 'cilium',
    version: '1.20.0-standin.1',
    appVersion: '1.20.0',
  });
});

test('knows no release that helm does not list', () => {
  expect(parseList('[]', 'cilium')).toBeUndefined();
  expect(parseList(list, 'cil')).toBeUndefined();
});

test('reads a status of a future helm as unknown', () => {
  expect(parseList(list.replace('pending-upgrade', 'resting'), 'cilium')?.status).toBe('unknown');
});

test('reads the history with its times', () => {
  const history = JSON.stringify([
    { revision: 1, updated: '2026-11-23T15:00:00.5Z', status: 'deployed', chart: 'x-1.0.0', app_version: '1' },
  ]);
  expect(parseHistory(history)).toEqual([
    { revision: 1, status: 'deployed', updated: new Date('2026-11-23T15:00:00.5Z') },
  ]);
});

test('reads null as no values', () => {
  expect(parseValues('null\n')).toEqual({});
});

test('does not repeat output that is no JSON', () => {
  expect(() => parseValues('password: hunter2')).toThrow(/17 characters that are no JSON/);
});
