import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFaults } from '../../../src/sandbox/faults.ts';
import type { Faults } from '../../../src/sandbox/faults.ts';
import { openStore } from '../../../src/sandbox/store.ts';
import { createFakeClock } from '../nodes/fake-clock.ts';
import type { FakeClock } from '../nodes/fake-clock.ts';

const made = (): { readonly faults: Faults; readonly clock: FakeClock } => {
  const dir = mkdtempSync(join(tmpdir(), 'faults-'));
  const store = openStore(join(dir, 'state.ndjson'));
  onTestFinished(() => {
    store.close();
    rmSync(dir, { recursive: true });
  });
  const clock = createFakeClock();
  return { faults: createFaults(store, clock), clock };
};

test('a fault happens once, as often as it is told to, or until it is taken away', () => {
  const { faults } = made();
  faults.add('operation-succeeded-resource-failed', {});
  expect([
    faults.take('operation-succeeded-resource-failed'),
    faults.take('operation-succeeded-resource-failed'),
  ]).toMatchObject([{ count: 1 }, undefined]);
  faults.add('operation-succeeded-resource-failed', { count: 2 });
  expect(['a', 'b', 'c'].map(() => faults.take('operation-succeeded-resource-failed') !== undefined)).toEqual([
    true,
    true,
    false,
  ]);
  const { id } = faults.add('operation-succeeded-resource-failed', { count: 'always' });
  expect(['a', 'b', 'c'].map(() => faults.take('operation-succeeded-resource-failed') !== undefined)).toEqual([
    true,
    true,
    true,
  ]);
  faults.remove(id);
  expect(faults.take('operation-succeeded-resource-failed')).toBeUndefined();
});

test('a fault that was set for a time is over by itself, and whoever looks is told so', () => {
  const { faults, clock } = made();
  let told = 0;
  faults.subscribe(() => (told += 1));
  faults.add('stall', { seconds: 60 });
  expect(faults.list()).toHaveLength(1);
  expect(told).toBe(1);
  clock.advance(61_000);
  expect(faults.list()).toEqual([]);
  expect(faults.take('stall')).toBeUndefined();
  expect(told).toBe(2);
});

test('what a fault left behind goes with it', () => {
  const { faults } = made();
  const parent = faults.add('created-then-not-found', {});
  faults.add('not-found', { parent: parent.id, count: 3 });
  faults.take('created-then-not-found');
  faults.remove(parent.id);
  expect(faults.list()).toEqual([]);
});
