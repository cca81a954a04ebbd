import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { connections } from '../../../src/sandbox/attached/agent-pace.ts';
import { KubeError, type KubeClient } from '../../../src/sandbox/attached/kube-client.ts';
import { createLogFollowers } from '../../../src/sandbox/attached/log-followers.ts';
import type { LogMemory } from '../../../src/sandbox/attached/log-memory.ts';
import type { LogTarget } from '../../../src/sandbox/attached/log-row.ts';

const target = (name: string, life: LogTarget['life'] = 'running'): LogTarget => ({
  key: name,
  namespace: 'store',
  pod: name,
  container: 'main',
  containerId: name,
  node: 'node',
  stream: 'stdout',
  life,
});

const place = { clusterId: '/subscriptions/s/c', customerIds: ['w'], multiline: true, split: false };

/** Followers over an API server whose answers the test gives: text for each request, after which the connection breaks or stays. */
const followersOf = (answer: (path: string) => { readonly text: string; readonly after: 'end' | 'break' | 'stay' }) => {
  const asked: string[] = [];
  const rows: string[] = [];
  const finished: string[] = [];
  let now = 1000;
  let open = 0;
  let most = 0;
  const client: KubeClient = {
    get: async () => undefined,
    mergePatch: async () => undefined,
    close: () => undefined,
    async *stream(path, signal) {
      asked.push(path);
      open += 1;
      most = Math.max(most, open);
      try {
        const { text, after } = answer(path);
        // In two pieces, that no line's end is where a piece's is.
        yield Buffer.from(text.slice(0, 40));
        yield Buffer.from(text.slice(40));
        if (after === 'break') throw new KubeError(0, 'broke off');
        if (after === 'stay') await sleep(60_000, undefined, { signal, ref: false });
      } finally {
        open -= 1;
      }
    },
  };
  const memory: LogMemory = { orders: '', since: 0, positions: new Map(), finished: new Set() };
  const followers = createLogFollowers({
    client,
    memory,
    outbox: {
      async put({ rows: given, key, reached }) {
        if (reached === 'finished') finished.push(key);
        for (const { row } of given) rows.push(`${key} ${String(row['LogMessage'])}`);
      },
      rows: () => rows.length,
      waiting: () => 0,
      close: () => undefined,
    },
    now: () => now,
    onError: (error) => {
      throw error;
    },
  });
  onTestFinished(() => followers.close());
  return { followers, memory, asked, rows, finished, pass: (ms: number) => void (now += ms), most: () => most };
};

const settled = (): Promise<void> => sleep(5);

const lines = (...seconds: readonly string[]): string =>
  seconds.map((second) => `2026-11-23T10:00:${second}Z line ${second}\n`).join('');

test('a connection that breaks inside a line is taken up again without loss or repetition', async () => {
  const answers = [
    { text: `${lines('01.1', '01.2')}2026-11-23T10:00:01.3Z li`, after: 'break' as const },
    { text: lines('01.1', '01.2', '01.3', '02.0'), after: 'stay' as const },
  ];
  const { followers, asked, rows } = followersOf(() => answers.shift() ?? { text: '', after: 'stay' });
  followers.want([target('a')], place);
  await settled();
  followers.want([target('a')], place);
  await settled();
  expect(rows).toEqual(['01.1', '01.2', '01.3', '02.0'].map((second) => `a line ${second}`));
  expect(new URLSearchParams(asked[1]?.split('?')[1]).get('sinceTime')).toBe('2026-11-23T10:00:01Z');
});

test('what was logged before the way was open is left out, though the API starts at the second', async () => {
  const { followers, asked, rows, memory } = followersOf(() => ({
    text: lines('01.1', '01.4', '01.5', '02'),
    after: 'stay',
  }));
  memory.since = Date.parse('2026-11-23T10:00:01.450Z');
  followers.want([target('a')], place);
  await settled();
  expect(rows).toEqual(['a line 01.5', 'a line 02']);
  expect(asked[0]).toContain('sinceTime=2026-11-23T10%3A00%3A01Z');
});

test('a log that has ended is read once, to its last line without an end', async () => {
  const { followers, asked, rows, finished } = followersOf(() => ({
    text: `${lines('01')}2026-11-23T10:00:02Z the end`,
    after: 'end',
  }));
  for (let look = 0; look < 3; look += 1) {
    followers.want([target('a', 'ended')], place);
    await settled();
  }
  expect(rows).toEqual(['a line 01', 'a the end']);
  expect(finished).toEqual(['a']);
  expect(asked).toHaveLength(1);
  expect(asked[0]).not.toContain('follow');
});

test('more logs than connections take turns, and none is left out', async () => {
  const { followers, rows, pass, most } = followersOf(() => ({
    text: lines('01'),
    after: 'stay',
  }));
  const all = Array.from({ length: connections * 2 + 5 }, (_, index) => target(`pod-${index}`));
  for (let look = 0; look < 5; look += 1) {
    followers.want(all, place);
    await settled();
    pass(6000);
  }
  expect(most()).toBe(connections);
  expect(rows.toSorted()).toEqual(all.map(({ key }) => `${key} line 01`).toSorted());
});

test('what is not wanted any more is let go', async () => {
  const { followers } = followersOf(() => ({ text: lines('01'), after: 'stay' }));
  followers.want([target('a'), target('b')], place);
  await settled();
  expect(followers.counts().following).toBe(2);
  followers.want([target('a')], place);
  await settled();
  expect(followers.counts().following).toBe(1);
  followers.want([], undefined);
  await settled();
  expect(followers.counts()).toEqual({ following: 0, waiting: 0 });
});
