import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { valuesFolder } from '../../../src/helm/values-folder.ts';
import { standinFolder } from '../../../src/sandbox/registry/standin-folder.ts';
import { scratch } from '../../support/scratch.ts';

function bundle(): string {
  const root = scratch();
  for (const file of ['dist/standins/cilium/Chart.yaml', 'charts-values/cilium.yaml']) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  return root;
}

test.each(['dist/main.js', 'dist/chunks/registry.js'])('data files are found from a bundle, too: %s', (file) => {
  const root = bundle();
  const from = pathToFileURL(join(root, file)).href;
  expect(standinFolder(from)).toBe(join(root, 'dist/standins'));
  expect(valuesFolder(from)).toBe(join(root, 'charts-values'));
});

test('says that the package is incomplete where they are missing', () => {
  const from = pathToFileURL(join(scratch(), 'dist/main.js')).href;
  expect(() => standinFolder(from)).toThrow(/stand-in charts are missing beside .*the package is incomplete/);
  expect(() => valuesFolder(from)).toThrow(/charts-values is missing above .*the package is incomplete/);
});
