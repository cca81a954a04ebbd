import { expect, test } from 'vitest';
import { pipeline } from '../../src/engine/pipeline.ts';
import { look, type Sight } from '../../src/engine/plan.ts';
import { Problem } from '../../src/errors/problem.ts';
import { absent, converging, ready, scripted } from '../support/engine-world.ts';
import { fastClock } from '../support/virtual-clock.ts';

const looking = (signal = new AbortController().signal) => {
  const warnings: string[] = [];
  const seen: Sight[] = [];
  const options = {
    services: {},
    clock: fastClock(),
    pace: { pollMs: 1000, random: () => 0.5 },
    signal,
    warn: (step: string, code: string) => void warnings.push(`${step} ${code}`),
    seen: (sight: Sight) => void seen.push(sight),
  };
  return { options, warnings, seen };
};
const nothing = (): void => {};

test('looks at every step and changes nothing', async () => {
  const [first, second] = [scripted([ready]), scripted([absent], nothing, { needs: ['first'] })];
  const { sights, outputs } = await look(
    pipeline<object>().add('first', first).add('second', second),
    looking().options,
  );
  expect(sights).toEqual([
    { id: 'first', seen: ready },
    { id: 'second', seen: absent },
  ]);
  expect([...outputs]).toEqual([['first', 'out']]);
  expect([first.applied, second.applied]).toEqual([[], []]);
});

test.each([absent, converging, { state: 'drifted', diff: ['x'] } as const])(
  'what needs a step that is %o cannot be looked at, and says what it waits for',
  async (state) => {
    const steps = pipeline<object>()
      .add('first', scripted([state]))
      .add('second', scripted([ready], nothing, { needs: ['first'] }))
      .add('third', scripted([ready], nothing, { needs: ['second'] }));
    const { sights } = await look(steps, looking().options);
    expect(sights.slice(1)).toEqual([
      { id: 'second', blockedBy: ['first'] },
      { id: 'third', blockedBy: ['second'] },
    ]);
  },
);

test('a probe gets the outputs that it needs and no others', async () => {
  let out: unknown;
  const curious = scripted([ready], nothing, { needs: ['first'] });
  const steps = pipeline<object>()
    .add('first', scripted([ready]))
    .add('other', scripted([ready]))
    .add('curious', {
      ...curious,
      async probe(context) {
        out = context.out;
        return ready;
      },
    });
  await look(steps, looking().options);
  expect(out).toEqual({ first: 'out' });
});

test('what one step fails of is its own sight, and the others are seen all the same', async () => {
  const denied = new Problem('no', { kind: 'permission', code: 'AuthorizationFailed' });
  const { options, seen } = looking();
  const { sights } = await look(
    pipeline<object>()
      .add('denied', scripted([denied]))
      .add('fine', scripted([ready])),
    options,
  );
  expect(sights).toEqual([
    { id: 'denied', error: denied },
    { id: 'fine', seen: ready },
  ]);
  expect(seen).toHaveLength(2);
});

test('bad weather is looked through four times, then told', async () => {
  const throttled = new Problem('later', { kind: 'transient', code: 'Throttled' });
  const one = await look(
    pipeline<object>().add('step', scripted([throttled, throttled, throttled, ready])),
    looking().options,
  );
  expect(one.sights).toEqual([{ id: 'step', seen: ready }]);
  const other = await look(pipeline<object>().add('step', scripted([throttled])), looking().options);
  expect(other.sights).toEqual([{ id: 'step', error: throttled }]);
});

test('a look that was stopped ends with why', async () => {
  const stop = new AbortController();
  const reason = new Error('Ctrl-C');
  const steps = pipeline<object>().add('step', {
    ...scripted([ready]),
    async probe() {
      stop.abort(reason);
      throw new Error('aborted somewhere deep down');
    },
  });
  await expect(look(steps, looking(stop.signal).options)).rejects.toBe(reason);
});

test('warnings carry the step that they are about', async () => {
  const { options, warnings } = looking();
  const steps = pipeline<object>().add('step', {
    ...scripted([ready]),
    async probe(context) {
      context.warn('feature-pending', 'it waits');
      return ready;
    },
  });
  await look(steps, options);
  expect(warnings).toEqual(['step feature-pending']);
});
