import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writePrivateFile } from '../../../src/cli/run/private-file.ts';
import { scratch } from '../../support/scratch.ts';

test.each([['new'], ['there for all to read']])('is for its owner alone, where it is %s', async (how) => {
  const path = join(scratch(), 'kubeconfig');
  if (how !== 'new') writeFileSync(path, 'something longer than what comes', { mode: 0o644 });
  await writePrivateFile(path, 'secret');
  expect(readFileSync(path, 'utf8')).toBe('secret');
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
});
