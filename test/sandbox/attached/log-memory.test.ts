import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLogOutbox } from '../../../src/sandbox/attached/log-outbox.ts';
import { readLogMemory, writeLogMemory, type LogMemory } from '../../../src/sandbox/attached/log-memory.ts';
import { pace } from '../../../src/sandbox/attached/agent-pace.ts';
import { createNotice } from '../../../src/sandbox/attached/notice.ts';
import { scratch } from '../../support/scratch.ts';

const memoryOf = (): LogMemory => ({ orders: '{}', since: 5, positions: new Map(), finished: new Set() });

test('what was read is remembered to the nanosecond', () => {
  const file = join(scratch(), 'log-agent.json');
  const memory = memoryOf();
  memory.positions.set('containerd://a/stdout', { time: 1_795_000_000_123_456_789n, same: 2 });
  memory.finished.add('containerd://b/stdout');
  writeLogMemory(file, memory);
  expect(readLogMemory(file)).toEqual(memory);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, '{"torn');
  expect(readLogMemory(file)).toMatchObject({ orders: '', since: 0 });
});

test('a row is delivered when its time has come, and only then is its log read as far as that', async () => {
  let now = 0;
  let tick: (() => void) | undefined;
  const delivered: unknown[] = [];
  const memory = memoryOf();
  const outbox = createLogOutbox({
    clock: {
      speed: 60,
      now: () => now,
      after(_ms, callback) {
        tick = callback;
        return () => (tick = undefined);
      },
    },
    logStore: {
      append: (customerId, table, rows) => void delivered.push([customerId, table, rows.length]),
      rows: () => [],
      tables: () => [],
      clear: () => undefined,
    },
    memory,
    written: () => undefined,
  });
  const { signal } = new AbortController();
  const position = { time: 1n, same: 1 };
  await outbox.put({ rows: [{ customerId: 'w', row: {} }], key: 'a', reached: { read: position } }, signal);
  await outbox.put({ rows: [], key: 'a', reached: 'finished' }, signal);
  now = pace.ingestion / 60 - 1;
  tick?.();
  expect([delivered, memory.positions.size, memory.finished.size]).toEqual([[], 0, 0]);
  now += 1;
  tick?.();
  expect(delivered).toEqual([['w', 'ContainerLogV2', 1]]);
  expect([memory.positions.get('a'), memory.finished.has('a'), outbox.rows()]).toEqual([position, true, 1]);
  outbox.close();
});

test('a change is heeded when it has stood for long enough, and one that is taken back never', () => {
  const notice = createNotice<string>('', 100);
  const seen = (value: string, now: number): readonly [string, boolean] => {
    const { value: heeded, changed } = notice.look(value, now);
    return [heeded, changed];
  };
  expect(seen('a', 0)).toEqual(['a', true]);
  expect(seen('b', 10)).toEqual(['a', false]);
  expect(seen('a', 60)).toEqual(['a', false]);
  expect(seen('b', 70)).toEqual(['a', false]);
  expect(seen('b', 169)).toEqual(['a', false]);
  expect(seen('b', 170)).toEqual(['b', true]);
  expect(seen('b', 171)).toEqual(['b', false]);
  expect(createNotice<string>('"b"', 100).look('b', 0)).toMatchObject({ value: 'b', changed: false });
});
