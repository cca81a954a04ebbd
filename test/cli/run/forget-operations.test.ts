import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { forgetOperations } from '../../../src/cli/run/forget-operations.ts';
import { nodeDisk } from '../../../src/engine/disk.ts';
import { openJournal } from '../../../src/engine/journal.ts';
import { fastClock } from '../../support/virtual-clock.ts';
import { scratch } from '../../support/scratch.ts';

test('ends the operations of what was removed, and of nothing else', () => {
  const folder = scratch();
  const before = openJournal(folder, nodeDisk, fastClock());
  before.append({ type: 'step.token', step: 'cluster', token: 'operation-1' });
  before.append({ type: 'step.token', step: 'kube-proxy', token: 'operation-2' });
  before.close();
  forgetOperations(folder, ['cluster', 'workspace'], false, nodeDisk, fastClock());
  const after = openJournal(folder, nodeDisk, fastClock());
  expect([after.token('cluster'), after.token('kube-proxy')]).toEqual([undefined, 'operation-2']);
  after.close();
});

test('makes no journal where there is none, and leaves one of a newer version alone', () => {
  const folder = scratch();
  forgetOperations(folder, ['cluster'], true, nodeDisk, fastClock());
  expect(existsSync(join(folder, 'journal.ndjson'))).toBe(false);
  writeFileSync(join(folder, 'journal.ndjson'), '{"v":9,"type":"step.token"}\n');
  expect(() => forgetOperations(folder, ['cluster'], true, nodeDisk, fastClock())).not.toThrow();
});

test('when nothing is left, no run is left either that the next config would be held against', () => {
  const folder = scratch();
  const before = openJournal(folder, nodeDisk, fastClock());
  before.append({ type: 'run.started', tool: '1.0.0', config: 'abc', settings: { name: 'lab' } });
  before.append({ type: 'step.done', step: 'cluster', ms: 10, changed: true });
  before.close();
  forgetOperations(folder, ['cluster'], true, nodeDisk, fastClock());
  const after = openJournal(folder, nodeDisk, fastClock());
  expect(after.runs).toEqual([]);
  expect(after.times('cluster')).toEqual([10]);
  after.close();
});
