import { expect, test } from 'vitest';
import type { Page } from '../../src/render/page.ts';
import { counterLines } from '../../src/render/tetragon-counters.ts';
import type { TetragonStatus } from '../../src/status/tetragon.ts';
import type { TetragonAgent } from '../../src/status/tetragon-agent.ts';
import type { TetragonCounters } from '../../src/status/tetragon-counters.ts';

const page: Page = { columns: 80, color: false, unicode: true, live: false };
const counters: TetragonCounters = {
  seen: { PROCESS_EXIT: 4000, PROCESS_EXEC: 1_234_567 },
  exported: 1_200_345,
  lastExportedAt: '2026-11-23T17:56:56Z',
  rateLimited: 0,
  lost: { kernel: 0, ringBuffer: 0, queue: 0, listener: 0 },
};
const agent = (change: Partial<TetragonAgent> = {}): TetragonAgent => ({
  pod: 'tetragon-a',
  node: 'node-1',
  unreachable: undefined,
  policies: [],
  exporting: true,
  counters,
  ...change,
});
const status = (change: Partial<TetragonStatus> = {}): TetragonStatus => ({
  ok: true,
  errors: [],
  warnings: [],
  workloads: [],
  agents: [agent()],
  policies: [],
  images: {},
  counters,
  ...change,
});

test('the counters of all agents stand below them', () => {
  expect(counterLines(status(), page)).toEqual([
    '',
    'Events since the agents started',
    '  exported: 1,200,345, the last at 2026-11-23T17:56:56Z',
    '  seen before the export filters: PROCESS_EXEC 1,234,567, PROCESS_EXIT 4,000',
    '  lost: 0, over the rate limit: 0',
  ]);
});

test('agents that could not be read are left out of the sums, and the text says so', () => {
  const agents = [agent(), agent({ counters: undefined }), agent({ counters: undefined, unreachable: 'dead' })];
  expect(counterLines(status({ agents }), page)[1]).toBe('Events since the agents started by 1 of 2 agents');
});

test('nothing exported yet is said only where it is so', () => {
  const none = { ...counters, exported: 0, lastExportedAt: undefined };
  expect(counterLines(status({ counters: none }), page)).toContain('  exported: none yet');
  expect(counterLines(status(), page).join('\n')).not.toContain('none yet');
});

test('losses stand out', () => {
  const lossy = { ...counters, rateLimited: 6, lost: { ...counters.lost, ringBuffer: 10 } };
  const [line = ''] = counterLines(status({ counters: lossy }), { ...page, color: true }).slice(-1);
  expect(line).toContain('lost: 10, over the rate limit: 6');
  expect(line).not.toBe('  lost: 10, over the rate limit: 6');
});

test('without counters nothing is shown', () => {
  const { counters: _none, ...without } = status();
  expect(counterLines(without, page)).toEqual([]);
});
