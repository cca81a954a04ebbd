import { expect, test } from 'vitest';
import { eventStream, type RunEvent } from '../../src/engine/events.ts';
import { pipeline, type Pipeline } from '../../src/engine/pipeline.ts';
import { plannedRemovals, removeAll } from '../../src/engine/remove.ts';
import type { RunResult } from '../../src/engine/run.ts';
import type { Removal, Step } from '../../src/engine/step.ts';
import { Problem } from '../../src/errors/problem.ts';
import { ready, scripted } from '../support/engine-world.ts';
import { fastClock } from '../support/virtual-clock.ts';

const busy = () => new Problem('another operation is in progress', { kind: 'conflict', code: 'Conflict' });

/** A step that is removed as the test says, and notes it. */
const removable = (
  what: string,
  notes: string[],
  how: Partial<Removal> & {
    readonly needs?: readonly string[];
    readonly timeout?: Step<object, object, string>['timeout'];
  } = {},
): Step<object, object, string> => {
  const { needs = [], timeout = '1h', ...removal } = how;
  return {
    ...scripted([ready], () => {}, { needs, timeout }),
    async removal() {
      return {
        what,
        async remove() {
          notes.push(what);
        },
        gone: async () => true,
        ...removal,
      };
    },
  };
};

const down = async <Outputs extends object>(
  steps: Pipeline<object, Outputs>,
  signal = new AbortController().signal,
): Promise<{ result: RunResult; events: readonly RunEvent[] }> => {
  const events: RunEvent[] = [];
  const clock = fastClock();
  const emit = eventStream([(event) => void events.push(event)], () => new Date(clock.now()));
  const options = { services: {}, clock, pace: { pollMs: 1000, random: () => 0.5 }, emit, signal };
  const planned = await plannedRemovals(steps, new Map(), options);
  return { result: await removeAll(steps, planned, options), events };
};

test('goes in reverse: nothing is removed while what needs it is there', async () => {
  const notes: string[] = [];
  const { result } = await down(
    pipeline<object>()
      .add('group', removable('group', notes))
      .add('workspace', removable('workspace', notes, { needs: ['group'] }))
      .add('cluster', removable('cluster', notes, { needs: ['workspace'] })),
  );
  expect(notes).toEqual(['cluster', 'workspace', 'group']);
  expect([...result.outputs.keys()].toSorted()).toEqual(['cluster', 'group', 'workspace']);
});

test('a step between that has nothing to remove does not change the order', async () => {
  const notes: string[] = [];
  await down(
    pipeline<object>()
      .add('group', removable('group', notes))
      .add(
        'nothing',
        scripted([ready], () => {}, { needs: ['group'] }),
      )
      .add('cluster', removable('cluster', notes, { needs: ['nothing'] })),
  );
  expect(notes).toEqual(['cluster', 'group']);
});

test('what is kept is named in the plan and not touched', async () => {
  const notes: string[] = [];
  const { result } = await down(
    pipeline<object>()
      .add('theirs', removable('theirs', notes, { kept: 'this deployment did not make it' }))
      .add('ours', removable('ours', notes)),
  );
  expect(notes).toEqual(['ours']);
  expect(result.total).toBe(1);
});

test('an accepted deletion is believed when the thing is gone', async () => {
  let asked = 0;
  const gone = async (): Promise<boolean> => (asked += 1) > 3;
  const { events } = await down(pipeline<object>().add('cluster', removable('cluster', [], { gone })));
  expect(asked).toBe(4);
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'step.progress', detail: 'cluster: still being deleted' }),
  );
});

test('what is still there after the time of its step is a timeout, and what it needs stays', async () => {
  const notes: string[] = [];
  const { result, events } = await down(
    pipeline<object>()
      .add('group', removable('group', notes))
      .add('cluster', removable('cluster', notes, { needs: ['group'], timeout: '1m', gone: async () => false })),
  );
  expect(result.failures).toMatchObject([{ step: 'cluster', error: { kind: 'timeout', code: 'removal-timeout' } }]);
  expect(notes).toEqual(['cluster']);
  expect(events.at(-1)).toMatchObject({ type: 'step.skipped', step: 'group' });
});

test('a conflict is waited out, but not longer than the time of its step', async () => {
  let refused = 0;
  const patient = await down(
    pipeline<object>().add(
      'cluster',
      removable('cluster', [], {
        async remove() {
          refused += 1;
          if (refused < 3) throw busy();
        },
      }),
    ),
  );
  expect(patient.result.failures).toEqual([]);
  const remove = () => Promise.reject(busy());
  const gone = async (): Promise<boolean> => false;
  const { result } = await down(
    pipeline<object>().add('cluster', removable('cluster', [], { timeout: '1m', remove, gone })),
  );
  expect(result.failures).toMatchObject([
    { error: { kind: 'timeout', message: expect.stringContaining('another operation is in progress') } },
  ]);
});

test('a look at what there is gives up on bad weather with its problem', async () => {
  const away = new Problem('no network', { kind: 'transient', code: 'ENOTFOUND' });
  let asked = 0;
  const steps = pipeline<object>().add('cluster', {
    ...scripted([ready]),
    async removal() {
      asked += 1;
      throw away;
    },
  });
  await expect(down(steps)).rejects.toBe(away);
  expect(asked).toBe(4);
});

test('a failure starts nothing new', async () => {
  const notes: string[] = [];
  const denied = new Problem('no', { kind: 'permission', code: 'AuthorizationFailed' });
  const { result } = await down(
    pipeline<object>()
      .add('group', removable('group', notes))
      .add('cluster', removable('cluster', notes, { needs: ['group'], remove: () => Promise.reject(denied) })),
  );
  expect(notes).toEqual([]);
  expect(result.failures).toEqual([{ step: 'cluster', error: denied }]);
});

test('an interrupt says what goes on in the cloud', async () => {
  const stop = new AbortController();
  const gone = async (): Promise<boolean> => {
    stop.abort(new Error('Ctrl-C'));
    return false;
  };
  const { result, events } = await down(
    pipeline<object>()
      .add('group', removable('group', []))
      .add('cluster', removable('cluster', [], { needs: ['group'], gone })),
    stop.signal,
  );
  expect(result).toMatchObject({ interrupted: true, detached: ['cluster'], failures: [] });
  expect(events.filter(({ type }) => type === 'step.skipped')).toMatchObject([
    { step: 'cluster', because: 'interrupted; it goes on in the cloud' },
    { step: 'group', because: 'interrupted' },
  ]);
});

test('a removal that hangs ends with the time of its step', async () => {
  const gone = async (): Promise<boolean> => false;
  const remove = (signal: AbortSignal) =>
    new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
  const { result } = await down(
    pipeline<object>().add('cluster', removable('cluster', [], { timeout: '1s', remove, gone })),
  );
  expect(result).toMatchObject({ interrupted: false, failures: [{ error: { code: 'removal-timeout' } }] });
});

test('what is gone when the time is over was removed', async () => {
  let answers = false;
  const deaf = (signal: AbortSignal) =>
    new Promise<boolean>((_, reject) =>
      signal.addEventListener('abort', () => {
        answers = true;
        reject(new Error('stopped'));
      }),
    );
  const gone = (signal: AbortSignal): Promise<boolean> => (answers ? Promise.resolve(true) : deaf(signal));
  const { result } = await down(pipeline<object>().add('cluster', removable('cluster', [], { gone })));
  expect(result.failures).toEqual([]);
  expect([...result.outputs.keys()]).toEqual(['cluster']);
});
