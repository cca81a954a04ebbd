/** What a node keeps pods away with. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

/** As kubectl writes it: `CriticalAddonsOnly=true:NoSchedule`. */
export const taintText = ({ key, value, effect }: Taint): string =>
  `${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`;

const tolerates = ({ key = '', operator = 'Equal', value = '', effect = '' }: Toleration, taint: Taint): boolean =>
  (effect === '' || effect === taint.effect) &&
  (key === '' ? operator === 'Exists' : key === taint.key) &&
  (operator === 'Exists' || value === (taint.value ?? ''));

/** The taints that keep the pod off; one that is only a preference keeps nobody off. */
export const untolerated = (taints: readonly Taint[], tolerations: readonly Toleration[]): readonly Taint[] =>
  taints.filter(
    (taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(toleration, taint)),
  );

/** Kubernetes and the autoscaler put these on a node for a state of it, and take them away again. */
const ofState =
  /^(node\.kubernetes\.io\/|node\.cloudprovider\.kubernetes\.io\/|node\.cilium\.io\/|ToBeDeletedByClusterAutoscaler|DeletionCandidateOfClusterAutoscaler)/;

/** These go when the node has a network: whoever brings it waits for them in vain. */
const ofNoNetwork = new Set([
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/network-unavailable',
  'node.cilium.io/agent-not-ready',
]);

/** True for a taint that no waiting takes away. */
export const isLasting = ({ key }: Taint, bringsNetwork: boolean): boolean =>
  bringsNetwork && ofNoNetwork.has(key) ? true : !ofState.test(key);
