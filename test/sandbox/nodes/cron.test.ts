import { expect, test } from 'vitest';
import { CRON_JOBS, JOBS } from '../../../src/sandbox/kubernetes/nodes/resources.ts';
import { nextRun } from '../../../src/sandbox/kubernetes/nodes/workloads/cron-schedule.ts';
import { createWorld } from './world.ts';

test.each([
  ['*/5 * * * *', '2026-11-23T12:05:00Z'],
  ['0 0 1 */4 *', '2027-01-01T00:00:00Z'],
  ['30 9 * * 1-5', '2026-11-24T09:30:00Z'],
  ['0 12,18 * * *', '2026-11-23T18:00:00Z'],
  ['@daily', '2026-11-24T00:00:00Z'],
  ['0 0 13 * 5', '2026-11-27T00:00:00Z'],
])('%s comes next at %s', (schedule, expected) => {
  expect(new Date(nextRun(schedule, Date.parse('2026-11-23T12:00:00Z')) ?? 0).toISOString()).toBe(
    expected.replace('Z', '.000Z'),
  );
});

test.each(['', 'every day', '* * * *', '0 0 31 2 *'])('"%s" never comes', (schedule) => {
  expect(nextRun(schedule, Date.parse('2026-11-23T12:00:00Z'))).toBeUndefined();
});

test('a CronJob makes a Job at each time that its schedule names, and keeps the last three', () => {
  const world = createWorld({ networkPlugin: 'azure', kubeProxy: true });
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox:1.37' }] } };
  world.apply(CRON_JOBS, {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tidy', namespace: 'default' },
    spec: { schedule: '*/10 * * * *', jobTemplate: { spec: { template } } },
  });
  world.clock.advance(15 * 60_000);
  expect(world.store.list(JOBS, 'default')).toMatchObject([{ status: { succeeded: 1 } }]);
  world.clock.advance(60 * 60_000);
  expect(world.store.list(JOBS, 'default').filter((job) => job['status'] !== undefined)).toHaveLength(3);
});
