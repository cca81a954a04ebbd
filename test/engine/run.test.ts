import { expect, test } from 'vitest';
import { nodeDisk } from '../../src/engine/disk.ts';
import { openJournal } from '../../src/engine/journal.ts';
import { pipeline } from '../../src/engine/pipeline.ts';
import { Problem } from '../../src/errors/problem.ts';
import { absent, converging, ready, runIn, scratch, scripted } from '../support/engine-world.ts';
import { fastClock } from '../support/virtual-clock.ts';

test('starts what it can at once, and the rest when its needs are ready', async () => {
  const order: string[] = [];
  const note = (name: string) => () => void order.push(name);
  const steps = pipeline<object>()
    .add('first', scripted([absent, ready], note('first')))
    .add('second', scripted([absent, ready], note('second')))
    .add('last', scripted([absent, ready], note('last'), { needs: ['first', 'second'] }));
  const { result } = await runIn(scratch(), steps);
  expect([...order].sort()).toEqual(['first', 'last', 'second']);
  expect(order.at(-1)).toBe('last');
  expect([...result.outputs.keys()].sort()).toEqual(['first', 'last', 'second']);
});

test('starts nothing new after a failure, and says what was left', async () => {
  const failing = scripted([new Problem('no', { kind: 'permission', code: 'AuthorizationFailed' })]);
  const after = scripted([ready], () => {}, { needs: ['failing'] });
  const steps = pipeline<object>().add('failing', failing).add('after', after);
  const { result, events } = await runIn(scratch(), steps);
  expect(result.failures.map(({ step }) => step)).toEqual(['failing']);
  expect(events).toContainEqual(expect.objectContaining({ type: 'step.skipped', step: 'after' }));
});

test('lets running work settle when something else fails', async () => {
  const clock = fastClock();
  const slow = scripted([absent, ready], ({ signal }) => clock.sleep(60_000, signal));
  const steps = pipeline<object>()
    .add('slow', slow)
    .add('failing', scripted([new Problem('no', { kind: 'failed', code: 'no' })]));
  const { result } = await runIn(scratch(), steps, { clock });
  expect([...result.outputs.keys()]).toEqual(['slow']);
});

test.each([
  ['timeout', new Problem('no', { kind: 'timeout', code: 'no' })],
  ['sign-in', new Problem('no', { kind: 'sign-in', code: 'no' })],
  ['permission', new Problem('no', { kind: 'permission', code: 'no' })],
  ['bug', new TypeError('no')],
])(
  'what only ended a wait (%s) does not lose what was waited for: the next run re-attaches to it',
  async (_, error) => {
    const folder = scratch();
    const ends = scripted([absent, converging], (context) => {
      context.save('operation-1');
      throw error;
    });
    expect((await runIn(folder, pipeline<object>().add('cluster', ends))).result.failures).toHaveLength(1);
    const next = scripted([converging, ready]);
    await runIn(folder, pipeline<object>().add('cluster', next));
    expect(next.applied).toEqual([{ token: 'operation-1' }]);
  },
);

test('says which cloud operations go on after an interrupt', async () => {
  const stop = new AbortController();
  const waiting = scripted([absent, converging], (context) => context.save('operation-1'));
  const steps = pipeline<object>()
    .add('waiting', waiting)
    .add(
      'after',
      scripted([ready], () => {}, { needs: ['waiting'] }),
    );
  const { result, events } = await runIn(scratch(), steps, {
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'step.progress') stop.abort(new Error('SIGINT'));
    },
  });
  expect(result).toMatchObject({ interrupted: true, detached: ['waiting'], failures: [] });
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'step.skipped', step: 'after', because: 'interrupted' }),
  );
});

test('a run after an interrupt re-attaches instead of applying again', async () => {
  const folder = scratch();
  const stop = new AbortController();
  const first = scripted([absent, converging], (context) => context.save('operation-1'));
  await runIn(folder, pipeline<object>().add('step', first), {
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'step.progress') stop.abort(new Error('SIGINT'));
    },
  });
  const second = scripted([converging, ready]);
  await runIn(folder, pipeline<object>().add('step', second));
  expect(second.applied).toEqual([{ token: 'operation-1' }]);
});

test('numbers and stamps every event', async () => {
  const { events } = await runIn(scratch(), pipeline<object>().add('step', scripted([absent, ready])));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.every(({ v, time }) => v === 1 && !Number.isNaN(Date.parse(time)))).toBe(true);
});

test('an interrupt before the first look does not deny what an earlier run left under way', async () => {
  const folder = scratch();
  const before = openJournal(folder, nodeDisk, fastClock());
  before.append({ type: 'step.token', step: 'cluster', token: 'operation-1' });
  before.close();
  const stop = new AbortController();
  const steps = pipeline<object>()
    .add('group', scripted([absent, ready]))
    .add(
      'cluster',
      scripted([converging], () => {}, { needs: ['group'] }),
    );
  const { result } = await runIn(folder, steps, {
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'step.started') stop.abort(new Error('SIGINT'));
    },
  });
  expect(result).toMatchObject({ interrupted: true, detached: ['cluster'] });
});

test('a step that is found ready ends the operation that its journal still names', async () => {
  const folder = scratch();
  const before = openJournal(folder, nodeDisk, fastClock());
  before.append({ type: 'step.token', step: 'cluster', token: 'operation-1' });
  before.close();
  await runIn(folder, pipeline<object>().add('cluster', scripted([ready])));
  const after = openJournal(folder, nodeDisk, fastClock());
  expect(after.token('cluster')).toBeUndefined();
  after.close();
});
