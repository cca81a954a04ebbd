import { look } from '../../engine/plan.ts';
import { systemNamespace } from '../../steps/helm-release.ts';
import type { AccessOutput } from '../../steps/outputs.ts';
import { ciliumStatus, type CiliumStatus } from '../../status/cilium.ts';
import { tetragonStatus, type TetragonStatus } from '../../status/tetragon.ts';
import { type NodeStatus, readNodes } from '../../status/nodes.ts';
import type { PlanStep } from '../../render/plan.ts';
import type { CommandResult } from '../command.ts';
import type { Context } from '../context.ts';
import { planStep } from './plan.ts';
import { openServices, type Opened } from './services.ts';
import { glanced } from './watched.ts';
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

export const readStatus = async (context: Context, { services, pace }: Opened): Promise<DeploymentStatus> => {
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
