import { closest } from '../../config/suggest.ts';
import { look } from '../../engine/plan.ts';
import { Problem } from '../../errors/problem.ts';
import type { Kubernetes } from '../../kubernetes/kubernetes.ts';
import { clusterAccess } from '../../steps/cluster-access.ts';
import { systemNamespace } from '../../steps/helm-release.ts';
import type { AccessOutput } from '../../steps/outputs.ts';
import { ciliumStatus, type CiliumStatus } from '../../status/cilium.ts';
import { tetragonStatus, type TetragonStatus } from '../../status/tetragon.ts';
import { type NodeStatus, readNodes } from '../../status/nodes.ts';
import type { PlanStep } from '../../render/plan.ts';
import type { CommandResult } from '../command.ts';
import type { Context } from '../context.ts';
import { usage } from '../usage.ts';
import { planStep } from './plan.ts';
import { openServices, type Opened } from './services.ts';
import { glanced } from './watched.ts';
import { unreachable } from './unreachable.ts';
import { untilWell, type WaitOptions } from './until-well.ts';

export interface DeploymentStatus {
  readonly ok: boolean;
  readonly errors: readonly {
    readonly component: string;
    readonly message: string;
    readonly where: readonly string[];
  }[];
  readonly warnings: readonly {
    readonly component: string;
    readonly message: string;
    readonly where: readonly string[];
  }[];
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly cluster: string;
  readonly workspace: string;
  readonly steps: readonly PlanStep[];
  readonly nodes: readonly NodeStatus[];
  readonly cilium?: CiliumStatus;
  readonly tetragon?: TetragonStatus;
}

interface AgentOptions extends WaitOptions {
  /** Only the agent of this node is asked. */
  readonly node?: string | undefined;
}

/** Opens the cluster that exists; the steps' own probes find it. */
const openCluster = async (context: Context, { services }: Opened): Promise<Kubernetes> => {
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
  if (access.state === 'ready') return access.out.kubernetes;
  throw unreachable(config, seen.powerState, access.state === 'converging' ? access.detail : undefined);
};

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
  const opened = await openServices(context, {});
  const kubernetes = await openCluster(context, opened);
  const agent = await agentOf(options, kubernetes, context);
  const { status, timedOut } = await untilWell(context, options, opened.pace.pollMs, () =>
    glanced('Asking Cilium', context.io, context.globals, ciliumStatus(kubernetes, agent, context.signal)),
  );
  return { result: status, exitCode: status.ok ? 0 : timedOut ? 8 : 1 };
};

export const runTetragonStatus = async (
  context: Context,
  options: AgentOptions,
): Promise<CommandResult<TetragonStatus>> => {
  const opened = await openServices(context, {});
  const kubernetes = await openCluster(context, opened);
  const agent = await agentOf(options, kubernetes, context);
  const { status, timedOut } = await untilWell(context, options, opened.pace.pollMs, () =>
    glanced(
      'Asking Tetragon',
      context.io,
      context.globals,
      tetragonStatus(kubernetes, { ...agent, counters: true }, context.signal),
    ),
  );
  return { result: status, exitCode: status.ok ? 0 : timedOut ? 8 : 1 };
};

const readStatus = async (context: Context, { services, pace }: Opened): Promise<DeploymentStatus> => {
  const { config } = services;
  const { deployment } = await import('../../steps/deployment.ts');
  const steps = deployment(config);
  const { io, signal } = context;
  const { sights, outputs } = await look(steps, { services, pace, clock: io.clock, signal, warn: () => {} });
  const byId = new Map(sights.map((sight) => [sight.id, sight]));
  const seen = steps.nodes.map((node) => planStep(node, byId.get(node.id)));
  const access = outputs.get('cluster-access') as AccessOutput | undefined;
  const [cilium, tetragon, nodes] =
    access === undefined
      ? [undefined, undefined, []]
      : await Promise.all([
          ciliumStatus(access.kubernetes, { namespace: systemNamespace }, signal),
          tetragonStatus(access.kubernetes, { namespace: systemNamespace, counters: true }, signal),
          readNodes(access.kubernetes, signal),
        ]);
  const failures = sights.flatMap((sight) =>
    'error' in sight ? [{ component: sight.id, message: messageOf(sight.error), where: [] }] : [],
  );
  const open = seen
    // What waits for another part is no error of its own.
    .filter(
      ({ state, id }) => !['ready', 'blocked'].includes(state) && !failures.some(({ component }) => component === id),
    )
    .map(({ id, state, detail, diff }) => ({
      component: id,
      message:
        diff.length > 0
          ? `differs from the config: ${diff.join('; ')}`
          : `${state}${detail === undefined ? '' : `: ${detail}`}`,
      where: [],
    }));
  const errors = [...failures, ...open, ...(cilium?.errors ?? []), ...(tetragon?.errors ?? [])];
  const warnings = [...(cilium?.warnings ?? []), ...(tetragon?.warnings ?? [])];
  return {
    ok: errors.length === 0,
    errors,
    warnings,
    subscription: config.subscription,
    resourceGroup: config.resourceGroup,
    cluster: config.cluster.name,
    workspace: config.workspace.name,
    steps: seen,
    nodes,
    ...(cilium === undefined ? {} : { cilium }),
    ...(tetragon === undefined ? {} : { tetragon }),
  };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Every part of the deployment as it is now, by the probes of the run and by the agents' own answers. */
export const runStatus = async (
  context: Context,
  options: WaitOptions & { readonly exitCode?: boolean | undefined },
): Promise<CommandResult<DeploymentStatus>> => {
  const opened = await openServices(context, {});
  const { status, timedOut } = await untilWell(context, options, opened.pace.pollMs, () =>
    glanced('Asking every part', context.io, context.globals, readStatus(context, opened)),
  );
  const drifted = options.exitCode === true && status.steps.some(({ state }) => state === 'drifted');
  return { result: status, exitCode: status.ok ? 0 : timedOut ? 8 : drifted ? 6 : 1 };
};
