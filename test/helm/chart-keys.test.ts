import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chartKeys, unknownKeys, type ChartKeys } from '../../src/helm/chart-keys.ts';
import { ciliumValues, tetragonValues } from '../../src/helm/values.ts';
import { packChart } from '../../src/sandbox/registry/pack.ts';
import { standinFolder } from '../../src/sandbox/registry/standin-folder.ts';
import { realCharts } from '../support/real-charts.ts';
import { scratch } from '../support/scratch.ts';

async function standinKeys(name: string): Promise<ChartKeys> {
  const file = join(scratch(), `${name}.tgz`);
  writeFileSync(file, await packChart(join(standinFolder(), name), name));
  return chartKeys(file);
}

const ours = {
  cilium: await ciliumValues({ clusterName: 'x', fqdn: 'a.b', podCidr: '10.244.0.0/16', nodeCount: 3, flows: true }),
  tetragon: await tetragonValues({ clusterName: 'x' }),
};

test('finds a misspelt key, which no schema refuses, and says what was meant', async () => {
  const keys = await standinKeys('cilium');
  expect(
    unknownKeys({ kubeProxyReplacment: true, hubble: { rellay: { enabled: true }, metrics: { enabled: [] } } }, keys),
  ).toEqual([
    { path: 'kubeProxyReplacment', suggestion: 'kubeProxyReplacement' },
    { path: 'hubble.rellay', suggestion: 'hubble.relay' },
  ]);
});

test('has no suggestion for what is like nothing', async () => {
  expect(unknownKeys({ quux: 1 }, await standinKeys('tetragon'))).toEqual([{ path: 'quux', suggestion: undefined }]);
});

test.each(['cilium', 'tetragon'] as const)('knows every value that we set for %s', async (name) => {
  expect(unknownKeys(ours[name], await standinKeys(name))).toEqual([]);
});

describe.skipIf(realCharts.cilium === undefined)('on the real Cilium chart', () => {
  const keys = (): Promise<ChartKeys> => chartKeys(realCharts.cilium ?? '');

  test('knows its own defaults and every value that we set', async () => {
    const chart = await keys();
    expect(unknownKeys(chart.defaults, chart)).toEqual([]);
    expect(unknownKeys(ours.cilium, chart)).toEqual([]);
  });

  test('lets keys pass that only the templates know', async () => {
    const legal = {
      policyAuditMode: true,
      hubble: { eventBufferCapacity: 4095, eventQueueSize: 1 },
      monitor: { eventTypes: '' },
      loadBalancer: { mode: 'dsr', algorithm: 'maglev', dsrDispatch: 'geneve' },
      nodePort: { directRoutingDevice: 'eth0' },
      dnsProxy: { enableTransparentMode: true },
      ipMasqAgent: { config: { nonMasqueradeCIDRs: [] } },
      extraConfig: { 'multicast-enabled': 'true' },
      tls: { caBundle: { content: '' } },
      prometheus: { serviceMonitor: { namespace: 'x' } },
      k8s: { requireIPv4PodCIDR: true },
      operator: { resources: { limits: { cpu: 1 } }, nodeSelector: { a: 'b' } },
    };
    expect(unknownKeys(legal, await keys())).toEqual([]);
  });

  test('finds what the schema lets pass', async () => {
    const wrong = { kubeProxyReplacment: true, hubble: { rellay: { enabled: true } } };
    expect(unknownKeys(wrong, await keys()).map(({ path }) => path)).toEqual(['kubeProxyReplacment', 'hubble.rellay']);
  });
});

describe.skipIf(realCharts.tetragon === undefined)('on the real Tetragon chart', () => {
  test('knows its own defaults and every value that we set, and finds a wrong capital', async () => {
    const chart = await chartKeys(realCharts.tetragon ?? '');
    expect(unknownKeys(chart.defaults, chart)).toEqual([]);
    expect(unknownKeys(ours.tetragon, chart)).toEqual([]);
    expect(unknownKeys({ tetragon: { exportDenylist: '' } }, chart)).toEqual([
      { path: 'tetragon.exportDenylist', suggestion: 'tetragon.exportDenyList' },
    ]);
  });
});
