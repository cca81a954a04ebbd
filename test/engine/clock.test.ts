import { expect, test } from 'vitest';
import { systemClock } from '../../src/engine/clock.ts';
import { absent, converging, ready, runIn, scratch, scripted } from '../support/engine-world.ts';
import { pipeline } from '../../src/engine/pipeline.ts';
import { calm, virtualClock, type VirtualClock } from '../support/virtual-clock.ts';

const hour = 3_600_000;
const never = new AbortController().signal;

/** Lets that much time pass in steps, and says at which of its milliseconds the act was called. */
const calledAt = (clock: VirtualClock, ms: number, between: () => void = () => {}): number => {
  let at = 0;
  clock.after(ms, () => (at = clock.monotonic()));
  const from = clock.monotonic();
  while (clock.step()) between();
  return at - from;
};

test('a limit is over when its time is, however long', () => {
  for (const ms of [1, 9999, 10_000, 10_001, 40 * 60_000]) expect(calledAt(virtualClock(), ms)).toBe(ms);
});

test('time that the machine slept is not time waited', () => {
  const clock = virtualClock();
  let steps = 0;
  const dozed = calledAt(clock, 40 * 60_000, () => {
    steps += 1;
    if (steps === 10 || steps === 20) clock.doze(hour);
  });
  // Of each sleep the ten seconds between two looks are all that may be lost or won.
  expect(Math.abs(dozed - (40 * 60_000 + 2 * hour))).toBeLessThanOrEqual(20_000);
});

test('a machine that is only slow, and late each time, comes to its limits', () => {
  const clock = virtualClock();
  expect(calledAt(clock, 10 * 60_000, () => clock.doze(4000))).toBeLessThan(10 * 60_000 + 20_000);
});

test('what was taken back is not called, and leaves nothing behind', () => {
  const clock = virtualClock();
  let called = false;
  const cancel = clock.after(60_000, () => (called = true));
  clock.step();
  cancel();
  expect([clock.step(), called]).toEqual([false, false]);
});

test('a wait that is aborted ends with the reason and leaves no timer', async () => {
  const clock = virtualClock();
  const stop = new AbortController();
  const slept = clock.sleep(hour, stop.signal);
  stop.abort(new Error('Ctrl-C'));
  await expect(slept).rejects.toThrow('Ctrl-C');
  await expect(clock.sleep(1, stop.signal)).rejects.toThrow('Ctrl-C');
  expect(clock.pending()).toBe(0);
});

test("a wait longer than Node's timers can hold does not end at once", async () => {
  const stop = new AbortController();
  let over = false;
  const slept = systemClock.sleep(Number.POSITIVE_INFINITY, stop.signal).then(
    () => (over = true),
    () => {},
  );
  await systemClock.sleep(5, never);
  await calm();
  expect(over).toBe(false);
  stop.abort();
  await slept;
});

test('the wall clock may jump for hours mid-wait: nothing is measured by it', async () => {
  const clock = virtualClock();
  const step = scripted([absent, converging, converging, ready], () => {}, { timeout: '1m' });
  let jumps = 0;
  const ran = runIn(scratch(), pipeline<object>().add('step', step), {
    clock,
    onEvent: () => clock.jump((jumps += 1) % 2 === 0 ? 5 * hour : -7 * hour),
  });
  const { result, events } = await clock.drive(ran);
  expect(result.failures).toEqual([]);
  expect(events.at(-1)).toMatchObject({ type: 'step.done', ms: 2000 });
});

test('a machine that sleeps for an hour mid-wait does not time a step out', async () => {
  const clock = virtualClock();
  const step = scripted([absent, converging, converging, ready], () => {}, { timeout: '5m' });
  const ran = runIn(scratch(), pipeline<object>().add('step', step), {
    clock,
    onEvent: ({ type }) => {
      if (type === 'step.progress') clock.doze(hour);
    },
  });
  const { result } = await clock.drive(ran);
  expect(result.failures).toEqual([]);
});
