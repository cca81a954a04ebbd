import { expect, test } from 'vitest';
import { mapLimited } from '../../src/status/map-limited.ts';

test('keeps the order of its items, whichever is done first', async () => {
  const waits = [5, 1, 3, 0];
  const done: number[] = [];
  const out = await mapLimited(waits, 4, async (ticks) => {
    for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
    done.push(ticks);
    return ticks * 10;
  });
  expect(out).toEqual([50, 10, 30, 0]);
  expect(done).not.toEqual(waits);
});

test('has never more under way than its limit, and uses all of it', async () => {
  let [now, most] = [0, 0];
  await mapLimited(
    Array.from({ length: 50 }, (_, index) => index),
    7,
    async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    },
  );
  expect(most).toBe(7);
});

test('nothing to do is nothing done', async () => {
  await expect(mapLimited([], 3, async () => 'x')).resolves.toEqual([]);
});

test('fails with what one of them failed of', async () => {
  await expect(
    mapLimited([1, 2, 3], 2, async (item) => {
      if (item === 2) throw new Error('two');
      return item;
    }),
  ).rejects.toThrow('two');
});

test('begins nothing new after a failure, and rejects when what was under way has ended', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    if (item === 1) throw new Error('one');
    await new Promise((resolve) => setTimeout(resolve, 10));
    ended.push(item);
  };
  await expect(mapLimited([0, 1, 2, 3], 2, work)).rejects.toThrow('one');
  expect([begun, ended]).toEqual([[0, 1], [0]]);
});
