import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runHelm } from '../../src/helm/run.ts';
import { scratch } from '../support/engine-world.ts';

test('a helm that never ends is ended, and its work is looked at again', async () => {
  const path = join(scratch(), 'helm');
  writeFileSync(path, '#!/bin/sh\nexec sleep 60\n');
  chmodSync(path, 0o755);
  const run = runHelm({
    path,
    args: [],
    doing: 'install kube-system/cilium',
    env: { PATH: process.env['PATH'] ?? '' },
    signal: new AbortController().signal,
    limitMs: 300,
  });
  await expect(run).rejects.toMatchObject({ kind: 'transient', code: 'helm-timeout' });
});
