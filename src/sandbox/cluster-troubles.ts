import { type Fault, type Faults, numberParameter, textParameter } from './faults.ts';
import type { KubeObject } from './kubernetes/objects.ts';
import type { AbandonedRelease, Troubles } from './kubernetes/troubles.ts';

/** Names of pods as their controllers make them: `cilium-x7k2p`, `cilium-operator-6d9f7c5b8-x7k2p`. */
const isPodOf = (owner: string, pod: KubeObject): boolean => {
  const { name } = pod.metadata;
  return name.startsWith(`${owner}-`) && /^(?:[a-z0-9]{6,10}-)?[a-z0-9]{5}$/u.test(name.slice(owner.length + 1));
};

const ails = (fault: Fault | undefined, pod: KubeObject, container: string): boolean => {
  if (fault === undefined) return false;
  const only = textParameter(fault, 'container');
  return isPodOf(textParameter(fault, 'pod') ?? 'cilium', pod) && (only === undefined || only === container);
};

const statusOf = (text: string | undefined): AbandonedRelease['status'] =>
  text === 'pending-upgrade' || text === 'pending-rollback' ? text : 'pending-install';

/** The faults that clusters have, as their API servers, nodes and pods meet them. */
export const clusterTroubles = (faults: Faults): Troubles => ({
  unreachable: () => faults.find('api-server-unreachable') !== undefined,
  nodeBroken(name, last) {
    const fault = faults.find('node-not-ready');
    if (fault === undefined) return false;
    const part = textParameter(fault, 'node');
    return part === undefined ? last : name.includes(part);
  },
  container(pod, name) {
    if (ails(faults.find('pod-crash-loop'), pod, name)) return 'crashes';
    return ails(faults.find('pod-not-ready'), pod, name) ? 'unready' : undefined;
  },
  takeRelease() {
    const fault = faults.take('release-pending');
    if (fault === undefined) return undefined;
    return {
      id: fault.id,
      release: textParameter(fault, 'release') ?? 'cilium',
      namespace: textParameter(fault, 'namespace') ?? 'kube-system',
      status: statusOf(textParameter(fault, 'status')),
      age: numberParameter(fault, 'age') ?? 0,
    };
  },
  subscribe: (listener) => faults.subscribe(listener),
});
