import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { clouds } from '../../src/config/clouds.ts';
import type { CloudProfile } from '../../src/config/cloud-profile.ts';
import { environmentName } from '../../src/config/field.ts';
import { fieldByPath, fields } from '../../src/config/fields.ts';
import { formatConfigFile, parseConfigFile } from '../../src/config/file.ts';
import { resolveConfig, type Resolution, type ResolveInput } from '../../src/config/resolve.ts';

const [publicCloud] = clouds;
if (publicCloud === undefined) throw new Error('no public cloud');

const must = { subscription: '22222222-2222-4222-8222-222222222222', location: 'northeurope' };

const resolve = (input: Partial<ResolveInput> = {}): Resolution =>
  resolveConfig({ flags: {}, env: {}, file: {}, fileName: 'test.yaml', profile: publicCloud, ...input });

const configOf = (resolution: Resolution): Config => {
  if (resolution.kind !== 'config') throw new Error(JSON.stringify(resolution));
  return resolution.config;
};

const sentences = (input: Partial<ResolveInput>): string => {
  const resolution = resolve({ ...input, flags: { ...must, ...input.flags } });
  return resolution.kind === 'invalid' ? resolution.sentences.join('\n') : resolution.kind;
};

test.each(fields.map((field) => [field.path, field] as const))(
  '%s is the same from flag, environment, file and wizard',
  async (path, field) => {
    const plain = configOf(resolve({ flags: must }));
    const byFlag = configOf(resolve({ flags: { ...must, [field.flag]: field.example } }));
    const byWords = configOf(resolve({ flags: { ...must, [field.flag]: String(field.example) } }));
    const byVariable = configOf(
      resolve({
        env: {
          [environmentName('subscription')]: must.subscription,
          [environmentName('location')]: must.location,
          [environmentName(field.flag)]: String(field.example),
        },
      }),
    );
    const text = await formatConfigFile({ ...must, [path]: field.example }, './schema.json');
    const byFile = configOf(resolve({ file: await parseConfigFile(text, 'test.yaml') }));
    const byAnswer = configOf(resolve({ answers: { ...must, [path]: field.example } }));
    expect(byWords).toEqual(byFlag);
    expect(byVariable).toEqual(byFlag);
    expect(byFile).toEqual(byFlag);
    expect(byAnswer).toEqual(byFlag);
    // Only one digest of Tetragon is known, so its version has no other example than the default.
    expect(isDeepStrictEqual(byFlag, plain)).toBe(path === 'tetragon.version');
  },
);

test('a flag wins over the environment, that over an answer, that over the file, that over the profile, that over the default', () => {
  const profile: CloudProfile = { ...publicCloud, location: 'inprofile' };
  const all: ResolveInput = {
    flags: { subscription: must.subscription, location: 'byflag' },
    env: { AKS_EBPF_SENTINEL_LOCATION: 'byvariable' },
    answers: { location: 'byanswer' },
    file: { location: 'byfile' },
    fileName: 'test.yaml',
    profile,
  };
  const { subscription } = must;
  const located = (input: ResolveInput): string => configOf(resolveConfig(input)).location;
  expect(located(all)).toBe('byflag');
  expect(located({ ...all, flags: { subscription } })).toBe('byvariable');
  expect(located({ ...all, flags: { subscription }, env: {} })).toBe('byanswer');
  expect(located({ ...all, flags: { subscription }, env: {}, answers: {} })).toBe('byfile');
  expect(located({ ...all, flags: { subscription }, env: {}, answers: {}, file: {} })).toBe('inprofile');
});

test('says where each value comes from', () => {
  const resolution = resolve({ flags: must, env: { AKS_EBPF_SENTINEL_NODES: '4' }, file: { name: 'prod' } });
  expect(resolution).toMatchObject({
    kind: 'config',
    sources: {
      location: 'flag',
      'cluster.workloadPool.count': 'environment',
      name: 'file',
      resourceGroup: 'default',
    },
  });
});

test('an empty variable is no answer', () => {
  expect(
    resolve({ flags: { subscription: must.subscription }, env: { AKS_EBPF_SENTINEL_LOCATION: '' } }),
  ).toMatchObject({
    kind: 'missing',
    missing: [{ flag: 'location' }],
  });
});

test('derives every name from one', () => {
  expect(configOf(resolve({ flags: { ...must, name: 'prod-eu' } }))).toMatchObject({
    resourceGroup: 'rg-prod-eu',
    cluster: { name: 'aks-prod-eu', dnsPrefix: 'aks-prod-eu' },
    workspace: { name: 'log-prod-eu', location: 'northeurope' },
  });
});

test('a cluster name with an underscore still gets a DNS prefix that AKS accepts', () => {
  expect(configOf(resolve({ flags: { ...must, 'cluster-name': 'my_cluster' } })).cluster.dnsPrefix).toBe('my-cluster');
});

test('knows nothing of subscription and location unless the cloud profile does', () => {
  const resolution = resolve();
  expect(resolution.kind === 'missing' && resolution.missing.map(({ flag }) => flag)).toEqual([
    'subscription',
    'location',
  ]);
  const profile = { ...publicCloud, subscriptionId: must.subscription, location: 'uksouth' };
  expect(resolve({ profile }).kind).toBe('config');
});

test('a chart version whose digest nobody has checked needs one', () => {
  const resolution = resolve({ flags: { ...must, 'cilium-version': '1.19.7' } });
  expect(resolution.kind === 'missing' && resolution.missing.map(({ flag }) => flag)).toEqual(['cilium-sha256']);
  expect(configOf(resolve({ flags: { ...must, 'cilium-version': '1.19.6' } })).cilium.sha256).toMatch(/^21c43cf5/u);
});

test("takes charts from the cloud's profile", () => {
  const cilium = { reference: 'oci://localhost:1/charts/cilium', version: '1.20.0-standin.1', sha256: 'a'.repeat(64) };
  expect(configOf(resolve({ flags: must, profile: { ...publicCloud, charts: { cilium } } })).cilium).toEqual({
    chart: cilium.reference,
    version: cilium.version,
    sha256: cilium.sha256,
  });
});

const wrong: readonly (readonly [flag: string, value: string, says: RegExp])[] = [
  ['name', 'x', /--name is "x", but it must be 3 to 40 letters/u],
  ['name', 'my_lab', /--name/u],
  ['subscription', 'my-subscription', /subscription id \(GUID\)/u],
  ['location', 'UK South', /short name of a region/u],
  ['resource-group', 'rg.', /not ending with a period/u],
  ['resource-group', 'a'.repeat(91), /1 to 90/u],
  ['cluster-name', '-aks', /starting and ending with a letter or digit/u],
  ['cluster-name', 'a'.repeat(64), /1 to 63/u],
  ['dns-prefix', 'my_prefix', /--dns-prefix/u],
  ['workspace-name', 'log', /4 to 63/u],
  ['workspace-id', '/subscriptions/x', /resource id of a workspace/u],
  ['kubernetes-version', 'v1.35', /without "v"/u],
  ['tier', 'Gold', /Free, Standard or Premium/u],
  ['system-nodes', '0', /from 1 to 1000/u],
  ['system-nodes', '1.5', /whole number/u],
  ['nodes', '-1', /from 0 to 1000/u],
  ['system-node-size', 'Standard_B4ms', /burstable/u],
  ['retention-days', '29', /from 30 to 730/u],
  ['retention-days', '731', /from 30 to 730/u],
  ['pod-cidr', '10.244.0.0', /not an IPv4 range/u],
  ['pod-cidr', '10.244.0.1/16', /is written 10\.244\.0\.0\/16/u],
  ['pod-cidr', '172.30.0.0/20', /reserves 172\.30\.0\.0\/16/u],
  ['pod-cidr', '169.0.0.0/8', /reserves 169\.254\.0\.0\/16/u],
  ['service-cidr', '10.0.0.0/12', /smaller than a \/12/u],
  ['service-cidr', '192.0.2.0/25', /reserves 192\.0\.2\.0\/24/u],
  ['dns-service-ip', '10.0.0.256', /not an IPv4 address/u],
  ['cilium-sha256', 'abc', /64 hexadecimal digits/u],
  ['cilium-chart', 'https://helm.cilium.io', /neither an oci:\/\/ reference nor a \.tgz/u],
  ['cilium-chart', 'oci://quay.io/cilium/charts/cilium:1.20.0', /neither tag nor digest/u],
  ['cluster-api-version', '2026-03-02', /YYYY-MM-DD-preview/u],
  ['enforce-namespace', 'kube-system', /take the cluster down/u],
  ['demo', 'maybe', /true or false/u],
];

test.each(wrong)('refuses --%s %s', (flag, value, says) => {
  const text = sentences({ flags: { [flag]: value } });
  expect(text).toMatch(says);
  expect(text).toContain(JSON.stringify(value));
  expect(text).toContain(`for example ${String(fields.find((field) => field.flag === flag)?.example)}.`);
});

const together: readonly (readonly [what: string, flags: Readonly<Record<string, string>>, says: RegExp])[] = [
  [
    'overlapping ranges',
    { 'pod-cidr': '10.0.0.0/14', 'service-cidr': '10.1.0.0/16', 'dns-service-ip': '10.1.0.10' },
    /overlap/u,
  ],
  ["a pod range in AKS's own node network", { 'pod-cidr': '10.230.0.0/16' }, /overlaps 10\.224\.0\.0\/12/u],
  ['a DNS address outside the services', { 'dns-service-ip': '10.1.0.10' }, /inside --service-cidr 10\.0\.0\.0\/16/u],
  ['the first service address for DNS', { 'dns-service-ip': '10.0.0.0' }, /neither its first/u],
  [
    'more nodes than the pod range holds',
    { 'pod-cidr': '10.244.0.0/21', nodes: '6' },
    /room for 8 nodes.*need 10.*\/20 or larger/u,
  ],
  ['a pod range smaller than a node', { 'pod-cidr': '10.244.0.0/25' }, /room for 0 nodes/u],
  [
    'two different workspaces',
    { 'workspace-id': String(fieldByPath('workspace.id')?.example), 'workspace-name': 'log-other' },
    /leave one of the two away/u,
  ],
  ['a demo without a node', { demo: 'true', nodes: '0' }, /--demo needs a node.*--nodes 1/],
];

test.each(together)('refuses %s', (_what, flags, says) => {
  expect(sentences({ flags })).toMatch(says);
});

test('the DNS address follows the service range', () => {
  expect(configOf(resolve({ flags: { ...must, 'service-cidr': '10.101.0.0/20' } })).cluster.dnsServiceIP).toBe(
    '10.101.0.10',
  );
});

test('names the variable or the key in the file when that is where the wrong value stands', () => {
  expect(sentences({ env: { AKS_EBPF_SENTINEL_NODES: 'many' } })).toMatch(/^AKS_EBPF_SENTINEL_NODES is "many"/u);
  expect(sentences({ file: { 'cluster.workloadPool.count': 'many' } })).toMatch(
    /^cluster\.workloadPool\.count in test\.yaml is "many"/u,
  );
});

test('does not complain about names derived from a wrong one', () => {
  expect(sentences({ flags: { name: '_' } }).split('\n')).toHaveLength(1);
});
