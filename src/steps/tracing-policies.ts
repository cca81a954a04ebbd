import { isDeepStrictEqual } from 'node:util';
import type { Observed } from '../engine/step.ts';
import { loadPolicies } from '../detections/policies.ts';
import type { Kubernetes, Manifest, ObjectRef } from '../kubernetes/kubernetes.ts';
import { type StructuralSchema, withStructuralDefaults } from '../kubernetes/structural-defaults.ts';
import { type PolicyStatus, tetragonStatus } from '../status/tetragon.ts';
import { systemNamespace } from './helm-release.ts';
import { managedBy } from './ownership.ts';
import { done, type Done } from './outputs.ts';
import type { Services } from './services.ts';
import { labelledRemoval, stayingCluster } from './staying.ts';
import { step } from './step.ts';

const wanted = ({ assets, config }: Pick<Services, 'assets' | 'config'>): Promise<readonly Manifest[]> => {
  const { namespace } = config.enforcement;
  return loadPolicies(assets, {
    serviceCidr: config.cluster.serviceCidr,
    ...(namespace === undefined ? {} : { enforcementNamespace: namespace }),
  });
};

const refOf = ({ apiVersion, kind, metadata }: Manifest): ObjectRef => ({
  apiVersion,
  kind,
  name: metadata.name,
  namespace: metadata.namespace,
});

interface Compared {
  readonly missing: readonly Manifest[];
  readonly other: readonly Manifest[];
}

interface Crd extends Manifest {
  readonly spec?: {
    readonly versions?: readonly {
      readonly name: string;
      readonly schema?: { readonly openAPIV3Schema?: StructuralSchema };
    }[];
  };
}

/** What the API server fills in by itself, by kind. */
const schemas = async (
  kubernetes: Kubernetes,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StructuralSchema | undefined>> => {
  const [apiVersion, version] = ['apiextensions.k8s.io/v1', 'v1alpha1'];
  const found = await Promise.all(
    ['TracingPolicy', 'TracingPolicyNamespaced'].map(async (kind) => {
      const name = `${kind === 'TracingPolicy' ? 'tracingpolicies' : 'tracingpoliciesnamespaced'}.cilium.io`;
      const crd: Crd | undefined = await kubernetes.get({ apiVersion, kind: 'CustomResourceDefinition', name }, signal);
      const served = crd?.spec?.versions?.find((each) => each.name === version);
      return [kind, served?.schema?.openAPIV3Schema?.properties?.['spec']] as const;
    }),
  );
  return new Map(found);
};

const compare = async (
  kubernetes: Kubernetes,
  policies: readonly Manifest[],
  signal: AbortSignal,
): Promise<Compared> => {
  const [defaults, ...seen] = await Promise.all([
    schemas(kubernetes, signal),
    ...policies.map(async (policy) => ({ policy, there: await kubernetes.get(refOf(policy), signal) })),
  ]);
  const differs = ({ kind, spec }: Manifest, there: Manifest): boolean =>
    !isDeepStrictEqual(there['spec'], withStructuralDefaults(spec, defaults.get(kind)));
  return {
    missing: seen.flatMap(({ policy, there }) => (there === undefined ? [policy] : [])),
    other: seen.flatMap(({ policy, there }) => (there !== undefined && differs(policy, there) ? [policy] : [])),
  };
};

/**
 * What the kernel reports beyond processes: the tracing policies, seen enabled on every node. The API server takes a policy that
 * no agent can load without a word, so only the agents' answers count.
 */
export const tracingPolicies = step({
  title: 'Load the tracing policies',
  needs: ['cluster-access', 'tetragon'],
  expected: { p50: '15s', p90: '1m' },
  timeout: '10m',

  async probe({ assets, config, out, signal }) {
    const { kubernetes } = out['cluster-access'];
    const policies = await wanted({ assets, config });
    const { missing, other } = await compare(kubernetes, policies, signal);
    if (other.length > 0)
      return {
        state: 'drifted',
        diff: other.map(({ metadata }) => `tracing policy ${metadata.name} has another spec`),
      };
    if (missing.length > 0)
      return { state: 'absent', detail: `${missing.length} of ${policies.length} tracing policies are not there` };
    const {
      policies: seen,
      agents,
      workloads,
    } = await tetragonStatus(kubernetes, { namespace: systemNamespace }, signal);
    const loaded = loadState(seen.filter((status) => policies.some((policy) => isStatusOf(policy, status))));
    if (loaded.state !== 'ready') return loaded;
    // A node whose agent does not answer, or does not run yet, may have refused them.
    const desired = workloads.find(({ kind }) => kind === 'DaemonSet')?.desired ?? 0;
    const answering = agents.filter(({ unreachable }) => unreachable === undefined).length;
    if (answering < desired) return { state: 'converging', detail: `${answering} of ${desired} agents answer` };
    return loaded;
  },

  async apply({ assets, config, out, seen, progress, signal }) {
    const { kubernetes } = out['cluster-access'];
    const { namespace } = config.enforcement;
    if (
      namespace !== undefined &&
      (await kubernetes.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }, signal)) === undefined
    ) {
      await kubernetes.apply(
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: managedBy } },
        {},
        signal,
      );
    }
    const { missing, other } = await compare(kubernetes, await wanted({ assets, config }), signal);
    // What differs is put right where that was agreed; what is missing has no other manager.
    for (const policy of seen.state === 'drifted' ? [...missing, ...other] : missing) {
      progress(`applying ${policy.metadata.name}`);
      await kubernetes.apply(policy, { force: true }, signal);
    }
  },

  async removal({ azure, config, owner, connect, signal }) {
    const kubernetes = await stayingCluster({ azure, config, owner, connect }, signal);
    if (kubernetes === undefined) return undefined;
    const apiVersion = 'cilium.io/v1alpha1';
    const kinds = [
      { apiVersion, kind: 'TracingPolicy' },
      { apiVersion, kind: 'TracingPolicyNamespaced' },
    ];
    return labelledRemoval(kubernetes, kinds, (found) => `${found.length} tracing policies in the cluster`, signal);
  },
});

const isStatusOf = ({ kind, metadata }: Manifest, status: PolicyStatus): boolean =>
  kind === status.kind &&
  metadata.name === status.name &&
  (kind === 'TracingPolicy' || metadata.namespace === status.namespace);

const loadState = (policies: readonly PolicyStatus[]): Observed<Done> => {
  for (const { name, problems } of policies) {
    const broken = problems.find(({ state }) => state === 'load_error' || state === 'error');
    if (broken !== undefined) {
      return {
        state: 'failed',
        reason: `Tetragon on ${broken.node} refuses the tracing policy ${name}: ${broken.error ?? broken.state}`,
        recover: 'manual',
      };
    }
  }
  const open = policies.filter(({ problems, agents }) => problems.length > 0 || agents === 0);
  if (open.length === 0) return { state: 'ready', out: done };
  const [first] = open;
  return {
    state: 'converging',
    detail: `${first?.name ?? ''} is enabled on ${first?.enabled ?? 0} of ${first?.agents ?? 0} nodes`,
  };
};
