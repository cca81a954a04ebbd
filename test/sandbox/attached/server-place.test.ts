import { expect, test } from 'vitest';
import { cloudOf, isNear } from '../../../src/sandbox/attached/server-place.ts';

test.each([
  ['https://127.0.0.1:45321', true],
  ['https://localhost:6443', true],
  ['https://[::1]:6443', true],
  ['https://0.0.0.0:6443', true],
  ['https://0.0.0.1:6443', false],
  ['https://10.0.0.7:6443', true],
  ['https://172.16.0.1:6443', true],
  ['https://172.32.0.1:6443', false],
  ['https://192.168.49.2:8443', true],
  ['https://[fd00::1]:6443', true],
  ['https://[2603:1020::5]:443', false],
  ['https://20.50.1.2:443', false],
  ['https://kubernetes.docker.internal:6443', true],
  ['https://lab-1a2b3c4d.hcp.uksouth.azmk8s.io:443', false],
  ['https://lab-1a2b.privatelink.uksouth.azmk8s.io:443', false],
  ['https://ABCD.gr7.eu-west-1.eks.amazonaws.com', false],
  ['https://api.company.local:6443', false],
])('%s is near: %s', (server, near) => {
  expect(isNear(server)).toBe(near);
});

test.each([
  ['azure:///subscriptions/s/resourceGroups/g', 'Azure'],
  ['aws:///eu-west-1a/i-0abc', 'AWS'],
  ['gce://project/zone/name', 'Google Cloud'],
  ['kind://docker/kind/kind-worker', undefined],
  ['k3s://node', undefined],
  [undefined, undefined],
])('a node with providerID %s is in %s', (id, cloud) => {
  expect(cloudOf(id)).toBe(cloud);
});
