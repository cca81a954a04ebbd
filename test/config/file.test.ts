import { expect, test } from 'vitest';
import { formatConfigFile, parseConfigFile } from '../../src/config/file.ts';

test('reads nested keys by path', async () => {
  const text = 'name: prod\ncluster:\n  workloadPool:\n    count: 4\nlogs:\n  flows: true\n';
  await expect(parseConfigFile(text, 'a.yaml')).resolves.toEqual({
    name: 'prod',
    'cluster.workloadPool.count': 4,
    'logs.flows': true,
  });
});

test('keeps a version as it was written, although YAML calls it a number', async () => {
  const text = 'cluster:\n  kubernetesVersion: 1.30\n';
  await expect(parseConfigFile(text, 'a.yaml')).resolves.toEqual({ 'cluster.kubernetesVersion': '1.30' });
});

test('a key without a value is not set', async () => {
  await expect(parseConfigFile('tenant:\ncluster:\n', 'a.yaml')).resolves.toEqual({});
  await expect(parseConfigFile('', 'a.yaml')).resolves.toEqual({});
});

test.each([
  ['locaton: uksouth\n', 'a.yaml:1 has the key locaton, which is not known; did you mean location?'],
  [
    'cluster:\n  podCIDR: 10.1.0.0/16\n',
    'a.yaml:2 has the key cluster.podCIDR, which is not known; did you mean cluster.podCidr?',
  ],
  ['workspce:\n  name: x\n', 'did you mean workspace?'],
  ['- a\n', 'a.yaml must be a mapping of keys to values.'],
  ['cluster: big\n', 'cluster in a.yaml must be a mapping of keys to values.'],
  ['name: [a]\n', 'a.yaml:1: name must be 3 to 40 letters'],
  ['name: a\nname: b\n', 'a.yaml is not valid YAML'],
  ['name: "a\n', 'a.yaml is not valid YAML'],
])('refuses %j', async (text, says) => {
  await expect(parseConfigFile(text, 'a.yaml')).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringContaining(says) as string,
  });
});

test('writes only what was chosen, with the help of each value and the schema for editors', async () => {
  const text = await formatConfigFile({ name: 'prod', 'cluster.workloadPool.count': 4 }, './config.schema.json');
  expect(text).toBe(
    '# yaml-language-server: $schema=./config.schema.json\n' +
      'name: prod # name of the deployment; other names are made from it\n' +
      'cluster:\n  workloadPool:\n    count: 4 # number of nodes for workloads\n',
  );
});
