import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepKubeconfigs, withKubeconfig } from '../../src/helm/kubeconfig.ts';
import { scratch } from '../support/scratch.ts';

test('lends a kubeconfig that only its owner may read, and takes it back', async () => {
  const folder = join(scratch(), 'state');
  const seen = await withKubeconfig(folder, 'text', async ({ kubeconfigPath }) => [
    readFileSync(kubeconfigPath, 'utf8'),
    (statSync(kubeconfigPath).mode & 0o777).toString(8),
    (statSync(folder).mode & 0o777).toString(8),
  ]);
  expect(seen).toEqual(['text', '600', '700']);
  expect(readdirSync(folder)).toEqual([]);
});

test('takes it back after a failure, too', async () => {
  const folder = scratch();
  await expect(withKubeconfig(folder, 'text', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readdirSync(folder)).toEqual([]);
});

test('sweeps what a killed run left behind, and nothing else', async () => {
  const folder = scratch();
  writeFileSync(join(folder, 'kubeconfig-41-0b6e1c1e-7f0e-4f6a-8a5b-2f1d3c4b5a69.yaml'), 'left');
  writeFileSync(join(folder, 'kubeconfig-mine.yaml'), 'kept');
  await withKubeconfig(folder, 'in use', () => sweepKubeconfigs(folder, (pid) => pid === 42), 42);
  expect(readdirSync(folder)).toEqual(['kubeconfig-mine.yaml']);
});

test('has nothing to sweep where there is no state directory yet', async () => {
  expect(await sweepKubeconfigs(join(scratch(), 'none'))).toBe(0);
});

test('sweeps values that a killed run left behind: they can hold secrets, too', async () => {
  const folder = scratch();
  writeFileSync(join(folder, 'values-cilium.yaml'), 'left');
  expect(await sweepKubeconfigs(folder)).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});
