import { closest } from '../../config/suggest.ts';
import { Problem } from '../../errors/problem.ts';
import type { Kubernetes } from '../../kubernetes/kubernetes.ts';
import { clusterAccess } from '../../steps/cluster-access.ts';
import { systemNamespace } from '../../steps/helm-release.ts';
import { ciliumStatus, type CiliumStatus } from '../../status/cilium.ts';
import { tetragonStatus, type TetragonStatus } from '../../status/tetragon.ts';
import { readNodes } from '../../status/nodes.ts';
import type { CommandResult } from '../command.ts';
import type { Context } from '../context.ts';
import { usage } from '../usage.ts';
import { type AnyCluster, openAnyCluster } from './any-cluster.ts';
import { openServices } from './services.ts';
import { glanced } from './watched.ts';
import { unreachable } from './unreachable.ts';
import { untilWell, type WaitOptions } from './until-well.ts';

interface AgentOptions extends WaitOptions, AnyCluster {
  /** Only the agent of this node is asked. */
  readonly node?: string | undefined;
}

interface OpenedCluster {
  readonly kubernetes: Kubernetes;
  readonly pollMs: number;
}

/** The cluster of the deployment, found through Azure; the steps' own probes open it. */
const openOurs = async (context: Context): Promise<OpenedCluster> => {
  const { services, pace } = await openServices(context, {});
  const { config, azure } = services;
  const base = { ...services, signal: context.signal, progress: () => {}, warn: () => {} };
  const seen = await azure.clusters.find(config.resourceGroup, config.cluster.name, context.signal);
  if (seen === undefined) {
    throw new Problem(`There is no AKS cluster ${config.cluster.name} in resource group ${config.resourceGroup}.`, {
      kind: 'failed',
      code: 'cluster-missing',
      hint: 'Run `aks-ebpf-sentinel init`, or name the cluster with --cluster-name and --resource-group.',
    });
  }
  const { id, fqdn = '', podCidr = '', pools, entra, kubeProxy } = seen;
  const nodeCount = pools.reduce((sum, { count }) => sum + count, 0);
  const out = { cluster: { id, fqdn, podCidr, nodeCount, entra, kubeProxy } };
  const access = await clusterAccess.probe({ ...base, out });
  if (access.state === 'ready') return { kubernetes: access.out.kubernetes, pollMs: pace.pollMs };
  throw unreachable(config, seen.powerState, access.state === 'converging' ? access.detail : undefined);
};

const openCluster = (context: Context, options: AgentOptions): Promise<OpenedCluster> =>
  options.kubeconfig === undefined && options.context === undefined
    ? openOurs(context)
    : openAnyCluster(context, options);

/** A misspelt node has no agent, and so nothing to complain of: it must not look well. */
const agentOf = async (
  { node }: AgentOptions,
  kubernetes: Kubernetes,
  { signal }: Context,
): Promise<{ readonly namespace: string; readonly node?: string }> => {
  if (node === undefined) return { namespace: systemNamespace };
  const names = (await readNodes(kubernetes, signal)).map(({ name }) => name);
  if (names.includes(node)) return { namespace: systemNamespace, node };
  const near = closest(node, names);
  throw usage(
    `--node ${node} is no node of the cluster${near === undefined ? '.' : `; did you mean ${near}?`}`,
    names.length > 20 ? 'See them with `aks-ebpf-sentinel status`.' : `Nodes: ${names.join(', ')}.`,
  );
};

export const runCiliumStatus = async (
  context: Context,
  options: AgentOptions,
): Promise<CommandResult<CiliumStatus>> => {
  const { kubernetes, pollMs } = await openCluster(context, options);
  const agent = await agentOf(options, kubernetes, context);
  const { status, timedOut } = await untilWell(context, options, pollMs, () =>
    glanced('Asking Cilium', context.io, context.globals, ciliumStatus(kubernetes, agent, context.signal)),
  );
  return { result: status, exitCode: status.ok ? 0 : timedOut ? 8 : 1 };
};

export const runTetragonStatus = async (
  context: Context,
  options: AgentOptions,
): Promise<CommandResult<TetragonStatus>> => {
  const { kubernetes, pollMs } = await openCluster(context, options);
  const agent = await agentOf(options, kubernetes, context);
  const { status, timedOut } = await untilWell(context, options, pollMs, () =>
    glanced(
      'Asking Tetragon',
      context.io,
      context.globals,
      tetragonStatus(kubernetes, { ...agent, counters: true }, context.signal),
    ),
  );
  return { result: status, exitCode: status.ok ? 0 : timedOut ? 8 : 1 };
};
