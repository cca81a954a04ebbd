import { readUserValues } from '../helm/user-values.ts';
import { ciliumValues } from '../helm/values.ts';
import { ciliumStatus, type CiliumStatus } from '../status/cilium.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import { openDetail, stuckReason } from '../status/stuck.ts';
import type { Workload } from '../status/workload.ts';
import type { Observed } from '../engine/step.ts';
import { apiServerPort } from './api-server-port.ts';
import {
  applyRelease,
  crashed,
  crashLoop,
  probeRelease,
  releaseThere,
  systemNamespace,
  valuesFolderOf,
  type WantedRelease,
} from './helm-release.ts';
import { type ClusterOutput, done, type Done } from './outputs.ts';
import type { Services } from './services.ts';
import { kept, stayingCluster } from './staying.ts';
import { step } from './step.ts';

const wanted = async (
  { config, assets }: Pick<Services, 'config' | 'assets'>,
  cluster: ClusterOutput,
  kubernetes: Kubernetes,
  signal: AbortSignal,
): Promise<WantedRelease> => ({
  name: 'cilium',
  chart: config.cilium,
  values: await ciliumValues(
    {
      clusterName: config.cluster.name,
      fqdn: cluster.fqdn,
      port: await apiServerPort(kubernetes, signal),
      podCidr: cluster.podCidr,
      nodeCount: cluster.nodeCount,
      flows: config.logs.flows,
      extra: await readUserValues(config.cilium.values),
    },
    valuesFolderOf(assets),
  ),
});

/**
 * Cilium: installed by helm, believed only when its agents say so. helm's own wait is content with half of the agents, and a rollback
 * of a first install would take the CNI away from under the nodes: we wait ourselves and never roll back.
 */
export const cilium = step({
  title: 'Install Cilium',
  needs: ['cluster', 'cluster-access', 'kube-proxy'],
  expected: { p50: '1m30s', p90: '4m' },
  timeout: '20m',

  async probe(context) {
    const { config, assets, out, signal } = context;
    const { kubernetes } = out['cluster-access'];
    const release = await probeRelease(
      kubernetes,
      await wanted({ config, assets }, out.cluster, kubernetes, signal),
      context,
    );
    if (release.state !== 'ready') return release;
    const status = await ciliumStatus(kubernetes, { namespace: systemNamespace }, signal);
    const dying = await crashLoop(
      kubernetes,
      dataplaneOf(status).flatMap(({ pods }) => pods),
      signal,
    );
    const stuck = dying ?? stuckReason(dataplaneOf(status), out.cluster.nodeCount);
    return stuck === undefined ? agentsReady(status) : crashed(stuck);
  },

  async apply(context) {
    const access = context.out['cluster-access'];
    await applyRelease(context, access, await wanted(context, context.out.cluster, access.kubernetes, context.signal));
  },

  async removal({ azure, config, owner, connect, signal }) {
    const kubernetes = await stayingCluster({ azure, config, owner, connect }, signal);
    if (kubernetes === undefined || !(await releaseThere(kubernetes, 'cilium', signal))) return undefined;
    return kept('Cilium in the cluster', 'the cluster stays, and its nodes have no other network');
  },
});

/** The dataplane is what the next steps need; Hubble's relay and UI follow when nodes take ordinary pods. */
const dataplane = new Set(['cilium', 'cilium-operator', 'cilium-envoy']);

const dataplaneOf = (status: CiliumStatus): readonly Workload[] =>
  status.workloads.filter(({ name }) => dataplane.has(name));

const agentsReady = (status: CiliumStatus): Observed<Done> => {
  const open = dataplaneOf(status).filter(({ settled }) => !settled);
  if (open.length > 0) return { state: 'converging', detail: openDetail(open) };
  const off = status.agents.filter(
    ({ state, kubeProxyReplacement }) => state === 'unreachable' || kubeProxyReplacement !== 'True',
  );
  if (status.agents.length === 0 || off.length > 0) {
    const [first] = off;
    const says = first?.state === 'unreachable' ? first.message : `reports ${first?.kubeProxyReplacement ?? 'nothing'}`;
    const why = first === undefined ? '' : ` (${first.pod}: ${says ?? 'no answer'})`;
    return {
      state: 'converging',
      detail: `kube-proxy replacement reported by ${status.agents.length - off.length} of ${status.agents.length} agents${why}`,
    };
  }
  return { state: 'ready', out: done };
};
