import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { podMaskSize } from '../../src/helm/pod-cidr.ts';
import { differences } from '../../src/helm/values-differences.ts';
import { ciliumClusterName, ciliumValues, merge, tetragonValues, writeValues } from '../../src/helm/values.ts';
import { helmAt, never } from '../support/helm.ts';
import { scratch } from '../support/scratch.ts';
import { tools } from '../support/tools.ts';

const cluster = {
  clusterName: 'aks-lab',
  fqdn: 'lab-1a2b3c4d.hcp.uksouth.azmk8s.io',
  podCidr: '10.244.0.0/16',
  nodeCount: 4,
  flows: false,
};

test('gives Cilium the bare API server host, the pod CIDR of AKS and two operators', async () => {
  expect(await ciliumValues(cluster)).toMatchObject({
    aksbyocni: { enabled: true },
    kubeProxyReplacement: 'true',
    k8sServiceHost: 'lab-1a2b3c4d.hcp.uksouth.azmk8s.io',
    k8sServicePort: 443,
    cluster: { name: 'aks-lab', id: 0 },
    ipam: {
      mode: 'cluster-pool',
      operator: { clusterPoolIPv4PodCIDRList: ['10.244.0.0/16'], clusterPoolIPv4MaskSize: 24 },
    },
    operator: { replicas: 2, rollOutPods: true, tolerations: [{ operator: 'Exists' }] },
  });
});

test('gives Cilium another port of the API server where it has one', async () => {
  expect(await ciliumValues({ ...cluster, fqdn: 'kind-control-plane', port: 6443 })).toMatchObject({
    k8sServiceHost: 'kind-control-plane',
    k8sServicePort: 6443,
  });
});

test('asks for one operator where there is one node, since two must not share it', async () => {
  expect(await ciliumValues({ ...cluster, nodeCount: 1 })).toMatchObject({
    operator: { replicas: 1, tolerations: [{ operator: 'Exists' }] },
  });
});

test.each(['https://lab.hcp.uksouth.azmk8s.io', 'lab.hcp.uksouth.azmk8s.io:443', ''])(
  'refuses %j as API server host',
  async (fqdn) => {
    await expect(ciliumValues({ ...cluster, fqdn })).rejects.toMatchObject({ kind: 'usage', code: 'api-server-host' });
  },
);

test('exports flows to stdout only where they are wanted', async () => {
  expect(await ciliumValues(cluster)).not.toHaveProperty('hubble.export');
  expect(await ciliumValues({ ...cluster, flows: true })).toMatchObject({
    logOptions: { writer: 'stderr' },
    hubble: {
      relay: { enabled: true },
      export: { dynamic: { enabled: true, config: { content: [{ filePath: 'stdout' }] } } },
    },
  });
});

test("lets the user's own values win, key by key", async () => {
  const values = await ciliumValues({
    ...cluster,
    extra: { operator: { replicas: 3 }, bandwidthManager: { enabled: true } },
  });
  expect(values).toMatchObject({ operator: { replicas: 3, rollOutPods: true }, bandwidthManager: { enabled: true } });
});

test('keeps events of the nodes themselves, and drops nothing that a policy saw', async () => {
  const { tetragon } = (await tetragonValues({ clusterName: 'AKS_Lab' })) as { tetragon: Record<string, string> };
  const denied = (tetragon['exportDenyList'] ?? '')
    .split('\n')
    .map((line) => JSON.parse(line) as { namespace?: string[]; event_set?: string[] });
  expect(denied.flatMap(({ namespace }) => namespace ?? [])).not.toContain('');
  for (const rule of denied.filter(({ namespace }) => namespace !== undefined)) {
    expect(rule.event_set).toEqual(['PROCESS_EXEC', 'PROCESS_EXIT']);
  }
  expect(tetragon['clusterName']).toBe('AKS_Lab');
});

describe('redaction', async () => {
  const { tetragon } = (await tetragonValues({ clusterName: 'x' })) as { tetragon: Record<string, string> };
  const filters = (tetragon['redactionFilters'] ?? '')
    .split('\n')
    .map((line) => JSON.parse(line) as { redact: string[]; binary_regex?: string[] });

  /** As Tetragon does it: what the groups match becomes stars. RE2's (?i) is a flag of its own in JavaScript. */
  const redacted = (binary: string, args: string): string =>
    filters
      .filter((filter) => filter.binary_regex?.some((regex) => new RegExp(regex).test(binary)) ?? true)
      .flatMap(({ redact }) => redact)
      .reduce((text, source) => {
        const regex = new RegExp(source.replace(/^\(\?i\)/, ''), source.startsWith('(?i)') ? 'dgi' : 'dg');
        const groups = [...text.matchAll(regex)]
          .flatMap((match) => (match.indices ?? []).slice(1))
          .filter((span) => span !== undefined);
        return groups.reduceRight((whole, [start, end]) => `${whole.slice(0, start)}*****${whole.slice(end)}`, text);
      }, args);

  test.each([
    ['/usr/bin/app', '--password=hunter2 --verbose', '--password=***** --verbose'],
    ['/usr/bin/app', '--client-secret hunter2', '--client-secret *****'],
    ['/usr/bin/env', 'PGPASSWORD=hunter2 psql', 'PGPASSWORD=***** psql'],
    ['/usr/bin/curl', '-H "Authorization: Bearer hunter2" https://x', '-H "Authorization: Bearer *****" https://x'],
    ['/usr/bin/curl', '-u admin:hunter2 https://x', '-u admin:***** https://x'],
    ['/usr/bin/curl', 'https://x.blob.example/c?sv=1&sig=hunter2&se=2', 'https://x.blob.example/c?sv=1&sig=*****&se=2'],
    ['/usr/bin/git', 'clone https://me:hunter2@git.example/r', 'clone https://me:*****@git.example/r'],
    ['/usr/bin/mysql', '-uroot -phunter2 shop', '-uroot -p***** shop'],
    ['/usr/bin/sshpass', '-p hunter2 ssh me@host', '-p ***** ssh me@host'],
  ])('%s %s', (binary, args, expected) => {
    expect(redacted(binary, args)).toBe(expected);
  });

  test("compiles as RE2, which helm's own templates use as Tetragon does", async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'chart/templates'), { recursive: true });
    writeFileSync(join(folder, 'chart/Chart.yaml'), 'apiVersion: v2\nname: regex\nversion: 1.0.0\n');
    const regexes = filters.flatMap(({ redact, binary_regex: binaries = [] }) => [...redact, ...binaries]);
    writeFileSync(join(folder, 'chart/values.yaml'), JSON.stringify({ regexes }));
    writeFileSync(
      join(folder, 'chart/templates/a.yaml'),
      'kind: Regexes\nmatched:\n{{ range .Values.regexes }}- {{ mustRegexMatch . "" }}\n{{ end }}',
    );
    const rendered = helmAt((await tools()).helm, folder).template({
      release: 'regex',
      namespace: 'default',
      chart: join(folder, 'chart'),
      valuesFiles: [],
      signal: never,
    });
    expect((await rendered).match(/- false/g)).toHaveLength(regexes.length);
  });

  test.each([
    ['/usr/bin/cat', '/etc/shadow'],
    ['/usr/bin/cat', '/var/run/secrets/kubernetes.io/serviceaccount/token'],
    ['/usr/bin/mkdir', '-p /tmp/x'],
    ['/usr/bin/curl', 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01'],
    ['/usr/sbin/useradd', '-p x -s /bin/bash eve'],
  ])('leaves what detections read: %s %s', (binary, args) => {
    expect(redacted(binary, args)).toBe(args);
  });
});

test.each([
  ['10.244.0.0/16', 4, 24],
  ['10.244.0.0/16', 255, 24],
  ['10.244.0.0/16', 256, 25],
  ['10.244.0.0/22', 3, 24],
  ['10.244.0.0/22', 4, 25],
  ['10.244.0.0/24', 3, 26],
])('divides %s for %i nodes into blocks of /%i', (cidr, nodes, mask) => {
  expect(podMaskSize(cidr, nodes)).toBe(mask);
});

test('refuses a pod CIDR without room for an upgrade, and says which size has it', () => {
  expect(() => podMaskSize('10.244.0.0/24', 4)).toThrow(/no room for 4 nodes/);
  expect(() => podMaskSize('10.244.0.0/33', 4)).toThrow(/not an IPv4 range/);
});

test.each([
  ['aks-lab', 'aks-lab'],
  ['AKS_Lab', 'aks-lab'],
  ['a'.repeat(31) + '-b', 'a'.repeat(31)],
  ['___', 'aks'],
])('calls the cluster %s in Cilium %s', (name, expected) => {
  expect(ciliumClusterName(name)).toBe(expected);
});

test('writes values that only their owner may read', async () => {
  const values = merge({ a: { b: 1, c: [1, 2] } }, { a: { c: [3] } });
  const file = await writeValues(scratch(), 'cilium', values);
  expect(parse(readFileSync(file, 'utf8'))).toEqual({ a: { b: 1, c: [3] } });
  expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
});

test('sees no difference between values and what helm answers for them', async () => {
  const values = await ciliumValues({ ...cluster, flows: true });
  const sorted = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)))
      : value;
  expect(differences(values, JSON.parse(JSON.stringify(values, sorted)))).toEqual([]);
  expect(differences({ list: [{ a: 1, b: 2 }] }, { list: [{ b: 2, a: 3 }] })).toHaveLength(1);
});

test('names each value that the running release does not have as wanted', () => {
  const wanted = { a: { b: 1, list: [1, 2] }, kubeProxyReplacement: 'true', tls: { key: 'hunter2' } };
  expect(differences(wanted, { a: { b: 2, list: [2, 1] }, tls: { key: 'other' }, extra: { x: true } })).toEqual([
    'a.b is 2, wanted is 1',
    'a.list is [2,1], wanted is [1,2]',
    'extra.x is set, although nothing wants it',
    'kubeProxyReplacement is not set, wanted is "true"',
    'tls.key is not what is wanted',
  ]);
});
