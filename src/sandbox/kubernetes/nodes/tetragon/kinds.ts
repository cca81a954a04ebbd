import { type Cluster, uid } from '../cluster.ts';
import { type CustomKind, hasCrd, registerKind } from '../custom-kinds.ts';
import { PODS } from '../resources.ts';
import { configMapData, recall } from '../processes.ts';
import { isContainerReady } from '../cilium/agents.ts';
import { isTerminating } from '../cluster.ts';
import type { KubeObject } from '../../objects.ts';
import { TRACING_POLICY_SCHEMA } from './schema.ts';

const REGISTER_MS = 1_500;
const SCHEMA_VERSION = '1.9.0';
export const OPERATOR = 'tetragon-operator';

const policy = { group: 'cilium.io', version: 'v1alpha1', statusSubresource: false, schema: TRACING_POLICY_SCHEMA };

const TRACING_POLICY: CustomKind = {
  ...policy,
  kind: 'TracingPolicy',
  plural: 'tracingpolicies',
  namespaced: false,
  shortNames: ['tgtp'],
};
const TRACING_POLICY_NAMESPACED: CustomKind = {
  ...policy,
  kind: 'TracingPolicyNamespaced',
  plural: 'tracingpoliciesnamespaced',
  namespaced: true,
  shortNames: ['tgtpn'],
};
const POD_INFO: CustomKind = {
  group: 'cilium.io',
  version: 'v1alpha1',
  kind: 'PodInfo',
  plural: 'podinfo',
  namespaced: true,
  shortNames: ['tgpi'],
  statusSubresource: false,
};

export const operatorConfig = (cluster: Cluster, pod: KubeObject): Readonly<Record<string, string>> =>
  configMapData(cluster, pod.metadata.namespace ?? 'kube-system', 'tetragon-operator-config') ?? {};

const leader = (cluster: Cluster): KubeObject | undefined =>
  cluster.store
    .list(PODS)
    .find(
      (pod) =>
        pod.metadata.labels?.['app.kubernetes.io/name'] === OPERATOR &&
        !isTerminating(pod) &&
        isContainerReady(pod, OPERATOR),
    );

/** The running operator registers Tetragon's CRDs, unless its configuration tells it not to. */
export const reconcileTetragonOperator = (cluster: Cluster): void => {
  const pod = leader(cluster);
  if (pod === undefined) return;
  const config = recall(cluster, pod, OPERATOR);
  const wanted = [
    ...(config['skip-tracing-policy-crd'] === 'true' ? [] : [TRACING_POLICY, TRACING_POLICY_NAMESPACED]),
    ...(config['skip-pod-info-crd'] === 'true' ? [] : [POD_INFO]),
  ];
  const missing = config['skip-crd-creation'] === 'true' ? [] : wanted.filter((kind) => !hasCrd(cluster, kind));
  if (missing.length === 0 || !cluster.delays.passed(uid(pod), 'crds', REGISTER_MS)) return;
  for (const kind of missing) registerKind(cluster, kind, { 'cilium.io.tetragon/crd.schema.version': SCHEMA_VERSION });
};

/** What an agent waits for before it starts its sensors. */
export const missingTetragonKinds = (cluster: Cluster): readonly string[] =>
  [TRACING_POLICY, TRACING_POLICY_NAMESPACED]
    .filter((kind) => !hasCrd(cluster, kind))
    .map((kind) => `${kind.plural}.${kind.group}`);
