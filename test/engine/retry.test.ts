import { expect, test } from 'vitest';
import { againText, backoffMs, isPassing, pauseMs, untilPassed } from '../../src/engine/retry.ts';
import { Problem, type ProblemKind } from '../../src/errors/problem.ts';
import { fastClock } from '../support/virtual-clock.ts';

const pace = (random = 0.5) => ({ pollMs: 1000, random: () => random });
const busy = (retryAfterMs?: number) => new Problem('busy', { kind: 'transient', code: 'busy', retryAfterMs });

const waiting = (tries?: number) => {
  const clock = fastClock();
  const told: string[] = [];
  const stop = new AbortController();
  const context = {
    pace: pace(),
    clock,
    signal: stop.signal,
    ...(tries === undefined ? {} : { tries }),
    progress: (detail: string) => void told.push(detail),
  };
  return { clock, told, stop, context };
};

test.each<[ProblemKind, boolean]>([
  ['transient', true],
  ['conflict', true],
  ['failed', false],
  ['permission', false],
  ['drift', false],
  ['timeout', false],
])('%s passes by itself: %s', (kind, passes) => {
  expect(isPassing(new Problem('x', { kind, code: 'x' }))).toBe(passes);
});

test('what is no Problem is a bug, and no weather', () => {
  expect(isPassing(new Error('x'))).toBe(false);
});

test('waits double from one poll to twelve, and their second half is chance', () => {
  expect([0, 1, 2, 3, 4, 10].map((attempt) => backoffMs(pace(1), attempt))).toEqual([
    1000, 2000, 4000, 8000, 12_000, 12_000,
  ]);
  expect([0, 10].map((attempt) => backoffMs(pace(0), attempt))).toEqual([500, 6000]);
});

test('calls again until it succeeds, and says why it waits', async () => {
  const { context, told, clock } = waiting();
  const before = clock.monotonic();
  const answers = [busy(), busy(), 'done'];
  const act = async (): Promise<string> => {
    const next = answers.shift() ?? 'nothing';
    if (next instanceof Error) throw next;
    return next;
  };
  await expect(untilPassed(act, context)).resolves.toBe('done');
  expect(told).toEqual(['busy; trying again', 'busy; trying again']);
  expect(clock.monotonic() - before).toBe(750 + 1500);
});

test('waits as long as the service asked for, not as long as it would itself', async () => {
  const { context, clock } = waiting();
  const before = clock.monotonic();
  let asked = 0;
  await untilPassed(async () => {
    asked += 1;
    if (asked === 1) throw busy(45_000);
  }, context);
  expect(clock.monotonic() - before).toBe(45_000);
});

test('gives up after its tries with the last problem', async () => {
  const { context } = waiting(3);
  let asked = 0;
  const act = async (): Promise<void> => {
    asked += 1;
    throw new Problem(`try ${asked}`, { kind: 'transient', code: 'busy' });
  };
  await expect(untilPassed(act, context)).rejects.toThrow('try 3');
});

test('does not repeat what will not pass', async () => {
  const { context, told } = waiting();
  const denied = new Problem('no', { kind: 'permission', code: 'AuthorizationFailed' });
  await expect(untilPassed(() => Promise.reject(denied), context)).rejects.toBe(denied);
  expect(told).toEqual([]);
});

test('a run that was stopped ends with why it was, not with the weather', async () => {
  const { context, stop } = waiting();
  const reason = new Error('Ctrl-C');
  const act = async (): Promise<void> => {
    stop.abort(reason);
    throw busy();
  };
  await expect(untilPassed(act, context)).rejects.toBe(reason);
});

test('with few tries nobody waits an hour for a service that asks for one', async () => {
  const { context, clock } = waiting(2);
  const before = clock.monotonic();
  await expect(untilPassed(() => Promise.reject(busy(3_600_000)), context)).rejects.toMatchObject({ code: 'busy' });
  expect(clock.monotonic() - before).toBe(60_000);
});

test.each<[asked: number | undefined, pause: number]>([
  [undefined, 750],
  [0, 750],
  [-5000, 750],
  [Number.NaN, 750],
  [Number.NEGATIVE_INFINITY, 750],
  [1, 500],
  [2000, 2000],
  [36_000_000, 600_000],
  [Number.POSITIVE_INFINITY, 600_000],
])('a service that asks for %s ms is asked again after %s ms', (asked, pause) => {
  expect(pauseMs(pace(), 0, asked)).toBe(pause);
});

test('a service that asks for no time at all is asked less and less often', async () => {
  const { context, clock } = waiting(6);
  const before = clock.monotonic();
  await expect(untilPassed(() => Promise.reject(busy(0)), context)).rejects.toMatchObject({ code: 'busy' });
  expect(clock.monotonic() - before).toBe(750 + 1500 + 3000 + 6000 + 9000);
});

test('a long wait says how long it is, and that the service asked for more', () => {
  expect(againText(5000, 5000)).toBe('trying again');
  expect(againText(45_000, 45_000)).toBe('trying again in 45s');
  expect(againText(600_000, 36_000_000)).toBe('trying again in 10m (it asks for 10h)');
  expect(againText(600_000, Number.POSITIVE_INFINITY)).toBe('trying again in 10m (it asks for more than a day)');
});
