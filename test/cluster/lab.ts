import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Azure } from '../../src/azure/azure.ts';
import type { Cluster } from '../../src/azure/cluster-contract.ts';
import { clouds } from '../../src/config/clouds.ts';
import type { Scalar } from '../../src/config/field.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import { type Clock, systemClock } from '../../src/engine/clock.ts';
import { nodeDisk } from '../../src/engine/disk.ts';
import { openJournal } from '../../src/engine/journal.ts';
import { type Pipeline, pipeline } from '../../src/engine/pipeline.ts';
import { look, type Sight } from '../../src/engine/plan.ts';
import { removeAll, plannedRemovals } from '../../src/engine/remove.ts';
import { run as runSteps } from '../../src/engine/run.ts';
import { createCharts } from '../../src/helm/charts.ts';
import { createHelm } from '../../src/helm/helm.ts';
import { connect } from '../../src/kubernetes/connect.ts';
import { cilium } from '../../src/steps/cilium.ts';
import { clusterAccess } from '../../src/steps/cluster-access.ts';
import { demoApp } from '../../src/steps/demo-app.ts';
import { kubeProxy } from '../../src/steps/kube-proxy.ts';
import { logSettings } from '../../src/steps/log-settings.ts';
import { nodes } from '../../src/steps/nodes.ts';
import type { Outputs } from '../../src/steps/outputs.ts';
import type { Services } from '../../src/steps/services.ts';
import { step } from '../../src/steps/step.ts';
import { tetragon } from '../../src/steps/tetragon.ts';
import { tracingPolicies } from '../../src/steps/tracing-policies.ts';
import { userCache } from '../support/real-charts.ts';
import { tools } from '../support/tools.ts';
import { root } from '../support/world.ts';
import type { Plane } from './plane/start-plane.ts';

/** The Kubernetes half of a run: the product's own steps, helm and client against a real API server; Azure is one canned answer. */
export interface Lab {
  readonly services: Services;
  /** Runs the steps up to this one; rejects with what failed. */
  run(step: keyof Outputs, options?: { readonly consent?: boolean }): Promise<{ readonly changed: boolean }>;
  sight(step: keyof Outputs): Promise<Sight>;
  /** What `down` would take out of a cluster that is somebody else's, and what it leaves; then does it. */
  down(): Promise<{ readonly taken: readonly string[]; readonly left: readonly string[] }>;
  /** Lets time pass on the product's clock. */
  pass(ms: number): void;
}

const never = new AbortController().signal;

const answer = (nodeCount: number): Cluster => ({
  id: '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-lab/providers/Microsoft.ContainerService/managedClusters/aks-lab',
  name: 'aks-lab',
  location: 'uksouth',
  tags: {},
  etag: undefined,
  provisioningState: 'Succeeded',
  powerState: 'Running',
  fqdn: 'lab-1a2b3c4d.hcp.uksouth.azmk8s.io',
  kubernetesVersion: '1.35.4',
  nodeResourceGroup: 'MC_lab',
  pools: [{ name: 'all', mode: 'System', vmSize: 'x', count: nodeCount, taints: [], provisioningState: 'Succeeded' }],
  networkPlugin: 'none',
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.0.0.0/16',
  dnsServiceIP: '10.0.0.10',
  kubeProxy: 'off',
  monitoringWorkspaceId: undefined,
  localAccountsDisabled: false,
  entra: false,
});

export interface LabOptions {
  readonly nodeCount: number;
  /** Flags of the command line. */
  readonly flags?: Readonly<Record<string, Scalar>>;
  /** Helm values of the user's own, as text. */
  readonly values?: { readonly cilium?: string; readonly tetragon?: string };
}

/** Each lab is another machine: it has no journal of those before it. */
export const openLab = async (plane: Plane, dir: string, options: LabOptions): Promise<Lab> => {
  const stateDir = mkdtempSync(join(dir, 'lab-'));
  const given: Record<string, Scalar> = { ...options.flags };
  for (const [chart, text] of Object.entries(options.values ?? {})) {
    given[`${chart}-values`] = join(stateDir, `my-${chart}.yaml`);
    writeFileSync(join(stateDir, `my-${chart}.yaml`), text);
  }
  const config = configOf(given);
  let passed = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + passed };
  const { helm: explicit } = await tools();
  const helm = createHelm({
    explicit,
    env: { PATH: process.env['PATH'], HOME: stateDir },
    platform: process.platform,
    cacheDir: userCache,
    stateDir,
    now: () => clock.now(),
  });
  const found = answer(options.nodeCount);
  const clusters = { find: async () => found, kubeconfig: async () => readFileSync(plane.kubeconfig, 'utf8') };
  const services: Services = {
    azure: { clusters } as unknown as Azure,
    config,
    owner: 'me',
    configHash: '',
    version: '1.2.3',
    helm,
    charts: createCharts({ cacheDir: userCache, caFile: undefined, helm }),
    connect,
    clock,
    process: { pid: process.pid, host: 'test', processBorn: () => ({ alive: true, born: undefined }) },
    stateDir,
    // Without the demo's manifest: the small stand-in is what is tested here.
    cacheDir: stateDir,
    workspaceData: 'keep',
    assets: root,
  };
  const pace = { pollMs: 300, random: () => 0.5 };
  const looking = { services, clock, pace, signal: never, warn: () => undefined };
  const steps = theSteps(found, options.nodeCount);

  return {
    services,
    async run(last, { consent = false } = {}) {
      const journal = openJournal(stateDir, nodeDisk, clock);
      try {
        let changed = false;
        const result = await runSteps(upTo(steps, last), {
          ...looking,
          journal,
          emit: (event) => {
            if (event.type === 'step.done' && event.step === last) changed = event.changed;
          },
          consent: async () => consent,
        });
        const [failure] = result.failures;
        if (failure !== undefined) throw failure.error;
        return { changed };
      } finally {
        journal.close();
      }
    },
    async sight(last) {
      const { sights } = await look(upTo(steps, last), looking);
      const seen = sights.find(({ id }) => id === last);
      if (seen === undefined) throw new Error(`there is no step ${last}`);
      return seen;
    },
    async down() {
      const { outputs } = await look(steps, looking);
      const options = { ...looking, emit: () => undefined };
      const planned = await plannedRemovals(steps, outputs, options);
      const { failures } = await removeAll(steps, planned, options);
      if (failures[0] !== undefined) throw failures[0].error;
      const words = planned.map(({ removal }) => removal);
      return {
        taken: words.filter(({ kept }) => kept === undefined).map(({ what }) => what),
        left: words.filter(({ kept }) => kept !== undefined).map(({ what }) => what),
      };
    },
    pass(ms) {
      passed += ms;
    },
  };
};

const configOf = (flags: Readonly<Record<string, Scalar>>) => {
  const [profile] = clouds;
  if (profile === undefined) throw new Error('no cloud');
  const must = { subscription: '22222222-2222-4222-8222-222222222222', location: 'uksouth', name: 'lab' };
  const resolution = resolveConfig({ flags: { ...must, ...flags }, env: {}, file: {}, fileName: 'none', profile });
  if (resolution.kind !== 'config') throw new Error(JSON.stringify(resolution));
  return resolution.config;
};

const theSteps = (found: Cluster, nodeCount: number): Pipeline<Services, Partial<Outputs>> => {
  const { id, fqdn = '', podCidr = '', entra, kubeProxy: proxy } = found;
  const cluster = step({
    title: 'Find the cluster',
    needs: [],
    expected: { p50: '1s', p90: '1s' },
    timeout: '1m',
    probe: async () => ({ state: 'ready', out: { id, fqdn, podCidr, nodeCount, entra, kubeProxy: proxy } }),
    apply: async () => undefined,
  });
  return pipeline<Services>()
    .add('cluster', cluster)
    .add('cluster-access', clusterAccess)
    .add('kube-proxy', kubeProxy)
    .add('cilium', cilium)
    .add('nodes', nodes)
    .add('tetragon', tetragon)
    .add('log-settings', logSettings)
    .add('tracing-policies', tracingPolicies)
    .add('demo-app', demoApp);
};

/** The same pipeline without what the step does not need. */
const upTo = (
  steps: Pipeline<Services, Partial<Outputs>>,
  last: keyof Outputs,
): Pipeline<Services, Partial<Outputs>> => {
  const wanted = new Set<string>([last]);
  for (const { id, step: each } of steps.nodes.toReversed())
    if (wanted.has(id)) for (const need of each.needs) wanted.add(need);
  return { ...steps, nodes: steps.nodes.filter(({ id }) => wanted.has(id)) };
};
