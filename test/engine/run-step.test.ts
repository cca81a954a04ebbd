import { expect, test } from 'vitest';
import { nodeDisk } from '../../src/engine/disk.ts';
import { openJournal } from '../../src/engine/journal.ts';
import { pipeline } from '../../src/engine/pipeline.ts';
import { Problem } from '../../src/errors/problem.ts';
import { absent, converging, ready, runIn, scratch, scripted } from '../support/engine-world.ts';
import { fastClock } from '../support/virtual-clock.ts';

const only = (step: ReturnType<typeof scripted>) => pipeline<object>().add('step', step);
const codeOf = (error: unknown): string => (error instanceof Problem ? error.code : String(error));

test('does nothing where the world is ready', async () => {
  const step = scripted([ready]);
  const { result, events } = await runIn(scratch(), only(step));
  expect(step.applied).toEqual([]);
  expect(result.failures).toEqual([]);
  expect(events.map(({ type }) => type)).toEqual(['step.probed', 'step.done']);
  expect(events.at(-1)).toMatchObject({ changed: false });
});

test('applies what is absent and believes it only when the probe has seen it', async () => {
  const step = scripted([absent, converging, converging, ready]);
  const { events } = await runIn(scratch(), only(step));
  expect(step.applied).toHaveLength(1);
  expect(events.map(({ type }) => type)).toEqual(['step.probed', 'step.started', 'step.progress', 'step.done']);
});

test('applies again what failed where that is the cure, and gives up after its tries', async () => {
  const broken = { state: 'failed', reason: 'the cluster is Failed', recover: 'retry' } as const;
  const step = scripted([broken]);
  const { result } = await runIn(scratch(), only(step));
  expect(step.applied).toHaveLength(3);
  expect(result.failures.map(({ error }) => String(error))).toEqual(['Problem: the cluster is Failed (after 3 tries)']);
});

test('applies nothing where only a person can help', async () => {
  const step = scripted([{ state: 'failed', reason: 'stopped', recover: 'manual' }]);
  const { result } = await runIn(scratch(), only(step));
  expect(step.applied).toEqual([]);
  expect(result.failures).toHaveLength(1);
});

test('leaves drift alone without consent', async () => {
  const step = scripted([{ state: 'drifted', diff: ['retention is 30 days'] }, ready]);
  const { result } = await runIn(scratch(), only(step));
  expect(step.applied).toEqual([]);
  expect(result.failures.map(({ error }) => codeOf(error))).toEqual(['drifted']);
});

test('puts drift right with consent', async () => {
  const step = scripted([{ state: 'drifted', diff: ['retention is 30 days'] }, ready]);
  const { result } = await runIn(scratch(), only(step), { consent: true });
  expect(step.applied).toHaveLength(1);
  expect(result.failures).toEqual([]);
});

test('re-attaches to an operation whose token is in the journal', async () => {
  const folder = scratch();
  const journal = openJournal(folder, nodeDisk, fastClock());
  journal.append({ type: 'step.token', step: 'step', token: 'operation-1' });
  journal.close();
  const step = scripted([converging, ready]);
  const { events } = await runIn(folder, only(step));
  expect(step.applied).toEqual([{ token: 'operation-1' }]);
  expect(events).toContainEqual(expect.objectContaining({ type: 'step.started', mode: 'reattach' }));
});

test('waits for what somebody else started and applies nothing', async () => {
  const step = scripted([converging, converging, ready]);
  const { events } = await runIn(scratch(), only(step));
  expect(step.applied).toEqual([]);
  expect(events).toContainEqual(expect.objectContaining({ type: 'step.started', mode: 'wait' }));
});

test('ignores the token of an operation that is over', async () => {
  const folder = scratch();
  const journal = openJournal(folder, nodeDisk, fastClock());
  journal.append({ type: 'step.token', step: 'step', token: 'operation-1' });
  journal.close();
  const step = scripted([absent, ready]);
  await runIn(folder, only(step));
  expect(step.applied).toEqual([{ token: undefined }]);
});

test('applies again what is still not there after many looks', async () => {
  const step = scripted([...Array.from({ length: 16 }, () => absent), ready]);
  const { result } = await runIn(scratch(), only(step));
  expect(step.applied).toHaveLength(2);
  expect(result.failures).toEqual([]);
});

test('waits out a conflict by looking, and applies nothing twice where the look finds it done', async () => {
  const conflict = new Problem('another operation is in progress', { kind: 'conflict', code: 'OperationNotAllowed' });
  const step = scripted([absent, converging, ready], () => {
    throw conflict;
  });
  const { result } = await runIn(scratch(), only(step));
  expect(step.applied).toHaveLength(1);
  expect(result.failures).toEqual([]);
});

test('repeats a look that bad weather spoilt', async () => {
  const throttled = new Problem('too many requests', { kind: 'transient', code: 'Throttled', retryAfterMs: 5000 });
  const { result, events } = await runIn(scratch(), only(scripted([throttled, throttled, ready])));
  expect(result.failures).toEqual([]);
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'step.progress', detail: 'too many requests; trying again' }),
  );
});

test('tells a bug apart from a failure of the world', async () => {
  const { events } = await runIn(scratch(), only(scripted([new TypeError('x is undefined')])));
  expect(events.at(-1)).toMatchObject({ type: 'step.failed', problem: { kind: 'bug' } });
});

test('says that the time is over, and not that it was interrupted', async () => {
  const clock = fastClock();
  const step = scripted([absent, converging], ({ signal }) => clock.sleep(60_000, signal), { timeout: '1s' });
  const { result } = await runIn(scratch(), only(step), { clock });
  expect(result.failures.map(({ error }) => codeOf(error))).toEqual(['step-timeout']);
  expect(result.interrupted).toBe(false);
});

test('a last look when the time is over finds what is ready after all', async () => {
  const clock = fastClock();
  const step = scripted([absent, ready], ({ signal }) => clock.sleep(60_000, signal), { timeout: '1s' });
  const { result, events } = await runIn(scratch(), only(step), { clock });
  expect(result.failures).toEqual([]);
  expect(events.at(-1)).toMatchObject({ type: 'step.done', changed: true, ms: 1000 });
});

test('what is still absent when the time is over is told by what it waited for', async () => {
  const clock = fastClock();
  const step = scripted(
    [absent],
    ({ progress, signal }) => {
      progress('the feature is Registering');
      return clock.sleep(60_000, signal);
    },
    { timeout: '1s' },
  );
  const { events } = await runIn(scratch(), only(step), { clock });
  expect(events.at(-1)).toMatchObject({ problem: { message: expect.stringContaining('the feature is Registering') } });
});

test('a last look that is answered by nobody ends, too', async () => {
  const clock = fastClock();
  const step = {
    ...scripted([], () => {}, { timeout: '1m' }),
    probe: ({ signal }: { readonly signal: AbortSignal }) => clock.sleep(3_600_000, signal).then(() => ready),
  };
  const { result, events } = await runIn(scratch(), only(step), { clock });
  expect(result.failures.map(({ error }) => codeOf(error))).toEqual(['step-timeout']);
  expect(events.at(-1)).toMatchObject({ type: 'step.failed', ms: 90_000 });
});

test('a person is not asked where no try is left, and told at once where only a person can help', async () => {
  const broken = { state: 'failed', reason: 'broken', recover: 'retry' } as const;
  const stopped = { state: 'failed', reason: 'stopped', recover: 'manual' } as const;
  const step = scripted([broken, broken, stopped]);
  const { result } = await runIn(scratch(), only(step));
  expect(step.applied).toHaveLength(2);
  expect(result.failures.map(({ error }) => String(error))).toEqual(['Problem: stopped']);
});

test('asks before it changes what was waited for and came out otherwise', async () => {
  const drifted = { state: 'drifted', diff: ['3 nodes'] } as const;
  const step = scripted([converging, ...Array.from({ length: 20 }, () => drifted)]);
  const { result } = await runIn(scratch(), only(step));
  expect(step.applied).toEqual([]);
  expect(result.failures.map(({ error }) => codeOf(error))).toEqual(['drifted']);
});

test('says what it was waiting for when the time is over', async () => {
  const { result } = await runIn(scratch(), only(scripted([converging], () => {}, { timeout: '1m' })));
  expect(String(result.failures[0]?.error)).toContain('not finished within 1m (under way)');
});

test('the time that a person takes for an answer is not the time of the step', async () => {
  const clock = fastClock();
  const step = scripted([{ state: 'drifted', diff: ['retention is 30 days'] }, ready], () => {}, { timeout: '1s' });
  const consent = () => clock.sleep(60_000, new AbortController().signal).then(() => true);
  const { result } = await runIn(scratch(), only(step), { consent, clock });
  expect(result.failures).toEqual([]);
});

test('what came out otherwise while an apply was refused is a question, and is not written over', async () => {
  const busy = new Problem('another operation is in progress', { kind: 'conflict', code: 'OperationNotAllowed' });
  const step = scripted([absent, { state: 'drifted', diff: ['made by another'] }], () => {
    throw busy;
  });
  const { result } = await runIn(scratch(), only(step));
  expect(step.applied).toHaveLength(1);
  expect(result.failures.map(({ error }) => codeOf(error))).toEqual(['drifted']);
});
