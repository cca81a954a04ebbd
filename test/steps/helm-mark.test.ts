import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { helmLabel, helmMark, isHelmGone } from '../../src/steps/helm-mark.ts';
import type { ThisProcess } from '../../src/engine/lock.ts';
import { scratch } from '../support/scratch.ts';

/** A machine on which these processes live, each born when its number says. */
const machine = (...living: readonly number[]): ThisProcess => ({
  pid: 1000,
  host: 'here',
  machine: 'one',
  processBorn: (pid) => (living.includes(pid) ? { alive: true, born: `b${pid}` } : { alive: false, born: undefined }),
});

const marked = (pid: number) => {
  const folder = scratch();
  const mark = helmMark(folder, 'cilium', machine(pid), Date.now());
  mark.onStart(pid);
  return { folder, ...mark };
};

test('the helm of a pending revision is gone when its process is', () => {
  const { folder, labels } = marked(7);
  expect(isHelmGone(folder, 'cilium', machine(7), labels)).toBe(false);
  expect(isHelmGone(folder, 'cilium', machine(), labels)).toBe(true);
});

test('a later process with its number is not it', () => {
  const { folder, labels } = marked(7);
  const later: ThisProcess = { ...machine(), processBorn: () => ({ alive: true, born: 'later' }) };
  expect(isHelmGone(folder, 'cilium', later, labels)).toBe(true);
});

test.each([
  ['another helm has written the revision', { [helmLabel]: 'other' }, machine()],
  ['no helm of ours has', {}, machine()],
  ['it ran on another machine', undefined, { ...machine(), machine: 'two' }],
])('nothing is known where %s', (_, labels, me) => {
  const mark = marked(7);
  expect(isHelmGone(mark.folder, 'cilium', me, labels ?? mark.labels)).toBe(false);
});

test('nor of another release, nor without a mark, nor of one that nobody can read', () => {
  const { folder, labels, remove } = marked(7);
  expect(isHelmGone(folder, 'tetragon', machine(), labels)).toBe(false);
  remove();
  expect(isHelmGone(folder, 'cilium', machine(), labels)).toBe(false);
  writeFileSync(join(folder, 'helm-cilium.json'), '{"id":');
  expect(isHelmGone(folder, 'cilium', machine(), labels)).toBe(false);
});

test('is for its owner alone, and a label that Kubernetes takes', () => {
  const { folder, labels } = marked(7);
  expect(statSync(join(folder, 'helm-cilium.json')).mode & 0o777).toBe(0o600);
  expect(labels[helmLabel]).toMatch(/^[0-9a-f-]{36}$/u);
  expect(readFileSync(join(folder, 'helm-cilium.json'), 'utf8')).toContain(labels[helmLabel]);
});
