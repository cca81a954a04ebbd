import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { wallClock } from '../../src/sandbox/clock.ts';
import { clusterFaults } from '../../src/sandbox/cluster-faults.ts';
import { createFaults, type Faults } from '../../src/sandbox/faults.ts';
import { openStore } from '../../src/sandbox/store.ts';
import { world } from './world.ts';

const faultsOf = (): Faults => {
  const dir = mkdtempSync(join(tmpdir(), 'faults-'));
  const store = openStore(join(dir, 'state.ndjson'));
  onTestFinished(() => {
    store.close();
    rmSync(dir, { recursive: true });
  });
  return createFaults(store, wallClock(1));
};

test('a request fault happens to the service that it names, and to ARM where it names none', () => {
  const faults = faultsOf();
  const meet = clusterFaults(faults);
  faults.add('http-500', {});
  expect(meet('GET', '/api/v1/pods')).toBeUndefined();
  faults.add('http-500', { service: 'kubernetes', parameters: { status: 503 } });
  expect(meet('GET', '/api/v1/pods')).toEqual({ kind: 'failure', status: 503 });
  expect(meet('GET', '/api/v1/pods')).toBeUndefined();
  expect(faults.takeForRequest({ method: 'GET', path: '/subscriptions' }, 'arm')?.name).toBe('http-500');
});

test('a request fault of clusters keeps to its method, its path and its count', () => {
  const faults = faultsOf();
  const meet = clusterFaults(faults);
  faults.add('throttled', { service: 'kubernetes', method: 'PATCH', path: '/TracingPolicies', count: 2 });
  expect(meet('GET', '/apis/cilium.io/v1alpha1/tracingpolicies/a')).toBeUndefined();
  expect(meet('PATCH', '/api/v1/pods')).toBeUndefined();
  const hit = () => meet('PATCH', '/apis/cilium.io/v1alpha1/tracingpolicies/a');
  expect([hit(), hit(), hit()]).toEqual([
    { kind: 'throttled', retryAfter: 1 },
    { kind: 'throttled', retryAfter: 1 },
    undefined,
  ]);
});

test('control takes faults for services that there are', async () => {
  const sandbox = await world();
  const made = await sandbox.control('POST', '/faults', { name: 'stall', service: 'kubernetes', path: '/api' });
  expect([made.status, made.body]).toMatchObject([201, { service: 'kubernetes', path: '/api', parameters: {} }]);
  expect((await sandbox.control('POST', '/faults', { name: 'stall', service: 'dns' })).status).toBe(400);
});
