import { expect, test } from 'vitest';
import { changesIn } from '../../../src/cli/run/follow.ts';
import type { DeploymentStatus } from '../../../src/cli/run/status.ts';
import type { PlanState } from '../../../src/render/plan.ts';

const expected = { p50Ms: 1, p90Ms: 2 };

const seen = (
  states: Readonly<Record<string, PlanState>>,
  errors: readonly (readonly [component: string, message: string])[] = [],
  detail?: string,
): DeploymentStatus =>
  ({
    steps: Object.entries(states).map(([id, state]) => ({
      id,
      title: id,
      needs: [],
      expected,
      state,
      diff: state === 'drifted' ? ['two nodes, not three'] : [],
      ...(detail !== undefined && state === 'converging' && { detail }),
    })),
    errors: errors.map(([component, message]) => ({ component, message, where: [] })),
  }) as unknown as DeploymentStatus;

test('one event for each part that is not as it was, and none for what stays', () => {
  const changes = changesIn();
  expect(changes(seen({ workspace: 'ready', cluster: 'converging', cilium: 'blocked' }, [], 'Creating'))).toEqual([
    { type: 'step.probed', step: 'workspace', state: 'ready' },
    { type: 'step.probed', step: 'cluster', state: 'converging', detail: 'Creating' },
  ]);
  expect(changes(seen({ workspace: 'ready', cluster: 'converging', cilium: 'blocked' }, [], 'Creating'))).toEqual([]);
  expect(changes(seen({ workspace: 'ready', cluster: 'ready', cilium: 'absent' }))).toEqual([
    { type: 'step.probed', step: 'cluster', state: 'ready' },
  ]);
});

test('what was there and is gone is told, by whatever it cannot be looked at', () => {
  const changes = changesIn();
  changes(seen({ cluster: 'ready', cilium: 'ready' }));
  expect(changes(seen({ cluster: 'absent', cilium: 'blocked' }))).toEqual([
    { type: 'step.probed', step: 'cluster', state: 'absent' },
    { type: 'step.probed', step: 'cilium', state: 'absent' },
  ]);
});

test('what differs says how', () => {
  expect(changesIn()(seen({ cluster: 'drifted' }))).toEqual([
    { type: 'step.probed', step: 'cluster', state: 'drifted', detail: 'two nodes, not three' },
  ]);
});

test('of a part that could not be asked nothing is claimed but that', () => {
  const changes = changesIn();
  changes(seen({ cluster: 'ready' }));
  expect(changes(seen({ cluster: 'unknown' }, [['cluster', 'Azure did not answer']]))).toEqual([
    { type: 'warning', code: 'cluster', message: 'Azure did not answer' },
  ]);
  expect(changes(seen({ cluster: 'ready' }))).toEqual([]);
});

test('while it is built its complaints are no news; once every part is there they are, each once', () => {
  const changes = changesIn();
  const error = ['cilium', 'one agent is not ready'] as const;
  expect(changes(seen({ nodes: 'converging' }, [error])).filter(({ type }) => type === 'warning')).toEqual([]);
  expect(changes(seen({ nodes: 'ready' }, [error])).filter(({ type }) => type === 'warning')).toHaveLength(1);
  expect(changes(seen({ nodes: 'ready' }, [error]))).toEqual([]);
});
