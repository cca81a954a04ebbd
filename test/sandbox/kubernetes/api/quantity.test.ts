import { expect, test } from 'vitest';
import { canonicalQuantity, isQuantity, quantity } from '../../../../src/sandbox/kubernetes/api/quantity.ts';
import { deployment, startLab } from '../lab.ts';

test.each([
  ['1000m', '1'],
  [1, '1'],
  [0.5, '500m'],
  ['1.5', '1500m'],
  ['1024Mi', '1Gi'],
  ['1536Mi', '1536Mi'],
  ['0.5Gi', '512Mi'],
  ['1000Ki', '1000Ki'],
  ['2000M', '2G'],
  ['0.1m', '100u'],
  ['512', '512'],
  ['0', '0'],
  ['-1500m', '-1500m'],
])('%s is stored as %s', (given, stored) => {
  expect(canonicalQuantity(given)).toBe(stored);
});

test('quantities compare by value', () => {
  expect([quantity('1Gi'), quantity('250m'), quantity('1e3')]).toEqual([2 ** 30, 0.25, 1000]);
  expect(['1Gb', '', 'x', '1 Gi'].map(isQuantity)).toEqual([false, false, false, false]);
});

test('a workload is stored with them as given, and nonsense is refused', async () => {
  const lab = await startLab();
  const path = '/apis/apps/v1/namespaces/default/deployments';
  const body = (name: string, resources: object): object =>
    deployment(name, 'x:1', {
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'x:1', resources }] } },
    });
  const made = await lab.ask(
    'POST',
    path,
    body('web', { limits: { cpu: 1, memory: '2048Mi' }, requests: { cpu: '0.25' } }),
  );
  const { template } = made.body['spec'] as { template: { spec: { containers: [{ resources: object }] } } };
  expect(template.spec.containers[0].resources).toEqual({
    limits: { cpu: '1', memory: '2Gi' },
    requests: { cpu: '250m' },
  });
  expect((await lab.ask('POST', path, body('bad', { limits: { cpu: 'much' } }))).body['message']).toMatch(
    /^Deployment in version "v1" cannot be handled as a Deployment: quantities must match the regular expression/,
  );
  const over = await lab.ask('POST', path, body('over', { limits: { cpu: '100m' }, requests: { cpu: '1' } }));
  expect(over.body['message']).toMatch(/must be less than or equal to cpu limit of 100m$/);
});
