import { expect, test } from 'vitest';
import { apiServerPort } from '../../src/steps/api-server-port.ts';
import { fakeKubernetes } from '../support/fake-kubernetes.ts';

const signal = new AbortController().signal;

const slice = (name: string, port: number, portName = 'https') => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
  ports: [{ name: portName, port }],
});

test('the port is the one behind the Service kubernetes', async () => {
  expect(await apiServerPort(fakeKubernetes([slice('store', 8080), slice('kubernetes', 6443)]), signal)).toBe(6443);
});

test.each([
  ['nothing tells it', []],
  ['only another port is told', [slice('kubernetes', 9000, 'metrics')]],
])('it is 443 where %s', async (_case, objects) => {
  expect(await apiServerPort(fakeKubernetes(objects), signal)).toBe(443);
});
