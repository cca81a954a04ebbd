import { expect, test } from 'vitest';
import { pipeline } from '../../src/engine/pipeline.ts';
import type { Step } from '../../src/engine/step.ts';

const plain = { title: '', expected: { p50: '1s', p90: '1s' }, timeout: '1s', apply: async () => {} } as const;

const group: Step<object, object, { id: string }> = {
  ...plain,
  needs: [],
  probe: async () => ({ state: 'ready', out: { id: 'group' } }),
};

const cluster: Step<object, { group: { id: string } }, number> = {
  ...plain,
  needs: ['group'],
  probe: async ({ out }) => ({ state: 'ready', out: out.group.id.length }),
};

const wrong: Step<object, { group: number }, number> = {
  ...plain,
  needs: ['group'],
  probe: async ({ out }) => ({ state: 'ready', out: out.group }),
};

test('takes a step after those that it needs', () => {
  expect(
    pipeline<object>()
      .add('group', group)
      .add('cluster', cluster)
      .nodes.map(({ id }) => id),
  ).toEqual(['group', 'cluster']);
});

test('an undeclared need, a cycle, a wrong output and a second name do not compile', () => {
  // @ts-expect-error nothing before it gives a group
  pipeline<object>().add('cluster', cluster);
  // @ts-expect-error a step cannot need itself
  pipeline<object>().add('group', cluster);
  // @ts-expect-error group gives no number
  pipeline<object>().add('group', group).add('wrong', wrong);
  // @ts-expect-error the name is taken
  pipeline<object>().add('group', group).add('group', group);
  expect.assertions(0);
});
