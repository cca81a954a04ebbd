import { readUserValues } from '../helm/user-values.ts';
import { tetragonValues } from '../helm/values.ts';
import { openDetail, stuckReason } from '../status/stuck.ts';
import { tetragonStatus } from '../status/tetragon.ts';
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
import { missingCrds, pastRegistering } from './crds.ts';
import type { Observed, StepContext } from '../engine/step.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import type { Pod } from '../status/pod.ts';
import { readWorkload, type Workload } from '../status/workload.ts';
import { done, type Done } from './outputs.ts';
import type { Services } from './services.ts';
import { kept, stayingCluster } from './staying.ts';
import { step } from './step.ts';

const wanted = async ({ config, assets }: Pick<Services, 'config' | 'assets'>): Promise<WantedRelease> => ({
  name: 'tetragon',
  chart: config.tetragon,
  values: await tetragonValues(
    { clusterName: config.cluster.name, extra: await readUserValues(config.tetragon.values) },
    valuesFolderOf(assets),
  ),
});

const neededCrds = ['tracingpolicies.cilium.io', 'tracingpoliciesnamespaced.cilium.io'] as const;

const operatorOf = (workloads: readonly Workload[]): readonly Pod[] =>
  workloads.filter(({ name }) => name === 'tetragon-operator').flatMap(({ pods }) => pods);

const crdsGone = (crds: readonly string[]): string =>
  `${crds.join(' and ')} ${crds.length === 1 ? 'was' : 'were'} deleted, and every tracing policy of that kind with ${crds.length === 1 ? 'it' : 'them'}: a rollback of the release does that, or kubectl`;

/** An upgrade that changes no pod starts no operator, and a running one does not register its CRDs again. */
const registerAgain = async (
  { clock, progress, signal }: Services & Pick<StepContext<object>, 'progress' | 'signal'>,
  kubernetes: Kubernetes,
  operators: readonly Pod[],
): Promise<void> => {
  if (!pastRegistering(operators, clock.now())) return;
  if ((await missingCrds(kubernetes, neededCrds, signal)).length === 0) return;
  progress('starting tetragon-operator again, so that it registers its CRDs');
  for (const { name, namespace } of operators)
    await kubernetes.delete({ apiVersion: 'v1', kind: 'Pod', namespace, name }, signal);
};

/** Tetragon. Its DaemonSet has no readiness probe, so an agent counts only when it answers. */
export const tetragon = step({
  title: 'Install Tetragon',
  needs: ['cluster', 'cluster-access', 'nodes'],
  expected: { p50: '45s', p90: '3m' },
  timeout: '20m',

  async probe(context): Promise<Observed<Done>> {
    const { config, assets, clock, out, signal } = context;
    const { kubernetes } = out['cluster-access'];
    const release = await probeRelease(kubernetes, await wanted({ config, assets }), context);
    if (release.state !== 'ready') return release;
    const [status, missing] = await Promise.all([
      tetragonStatus(kubernetes, { namespace: systemNamespace }, signal),
      missingCrds(kubernetes, neededCrds, signal),
    ]);
    const dying = await crashLoop(
      kubernetes,
      status.workloads.flatMap(({ pods }) => pods),
      signal,
    );
    const stuck = dying ?? stuckReason(status.workloads, out.cluster.nodeCount);
    if (stuck !== undefined) return crashed(stuck);
    const open = status.workloads.filter(({ settled }) => !settled);
    if (open.length > 0) return { state: 'converging', detail: openDetail(open) };
    if (missing.length > 0) {
      return pastRegistering(operatorOf(status.workloads), clock.now())
        ? { state: 'failed', reason: crdsGone(missing), recover: 'retry' }
        : { state: 'converging', detail: `waiting for ${missing.join(', ')}` };
    }
    const mute = status.agents.filter(({ unreachable, exporting }) => unreachable !== undefined || !exporting);
    const [first] = mute;
    if (first !== undefined) {
      const why = first.unreachable ?? 'its export container does not run';
      const detail = `${mute.length} of ${status.agents.length} agents do not answer yet (${first.pod}: ${why})`;
      return { state: 'converging', detail };
    }
    return { state: 'ready', out: done };
  },

  async apply(context) {
    const { kubernetes } = context.out['cluster-access'];
    const ref = { kind: 'Deployment', namespace: systemNamespace, name: 'tetragon-operator' } as const;
    const { pods: operators } = await readWorkload(kubernetes, ref, context.signal);
    await applyRelease(context, context.out['cluster-access'], await wanted(context));
    await registerAgain(context, kubernetes, operators);
  },

  async removal({ azure, config, owner, connect, signal }) {
    const kubernetes = await stayingCluster({ azure, config, owner, connect }, signal);
    if (kubernetes === undefined || !(await releaseThere(kubernetes, 'tetragon', signal))) return undefined;
    return kept('Tetragon in the cluster', 'the cluster stays; `helm uninstall tetragon -n kube-system` takes it away');
  },
});
