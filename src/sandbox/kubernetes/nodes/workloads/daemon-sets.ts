import type { KubeObject } from '../../objects.ts';
import { type Cluster, isTerminating, ownedBy, saveStatus } from '../cluster.ts';
import { type Fields, at, fieldsAt, flagAt, intOrPercent, listAt, textAt } from '../fields.ts';
import { templateHash } from '../hashes.ts';
import { createPod, deletePod, isActive, isPodReady } from '../pod-template.ts';
import { recordEvent } from '../record-event.ts';
import { DAEMON_SETS, NODES, PODS } from '../resources.ts';
import { matchesNode, untolerated } from '../selectors.ts';
import { keepRevision, revisionOf } from './revisions.ts';

const automaticTolerations = (hostNetwork: boolean): readonly Fields[] => [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  ...[
    'disk-pressure',
    'memory-pressure',
    'pid-pressure',
    'unschedulable',
    ...(hostNetwork ? ['network-unavailable'] : []),
  ].map((name) => ({
    key: `node.kubernetes.io/${name}`,
    operator: 'Exists',
    effect: 'NoSchedule',
  })),
];

/** Pins the pod to one node, as the DaemonSet controller does before the scheduler sees it. */
const adaptTo =
  (node: string) =>
  (spec: Fields): Fields => {
    const fields = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] };
    const terms = listAt(
      spec,
      'affinity',
      'nodeAffinity',
      'requiredDuringSchedulingIgnoredDuringExecution',
      'nodeSelectorTerms',
    );
    const required = { nodeSelectorTerms: (terms.length === 0 ? [{}] : terms).map((term) => ({ ...term, ...fields })) };
    return {
      ...spec,
      affinity: {
        ...fieldsAt(spec, 'affinity'),
        nodeAffinity: {
          ...fieldsAt(spec, 'affinity', 'nodeAffinity'),
          requiredDuringSchedulingIgnoredDuringExecution: required,
        },
      },
      tolerations: [...listAt(spec, 'tolerations'), ...automaticTolerations(flagAt(spec, 'hostNetwork'))],
    };
  };

const targetOf = (pod: KubeObject): string | undefined =>
  textAt(pod, 'spec', 'nodeName') ??
  listAt(pod, 'spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms')
    .flatMap((term) => listAt(term, 'matchFields'))
    .map((field) => String((at(field, 'values') as readonly unknown[] | undefined)?.[0]))[0];

/** Ends pods of an older template, never more at once than maxUnavailable allows. */
const rollOut = (
  cluster: Cluster,
  owner: KubeObject,
  hash: string,
  pods: readonly KubeObject[],
  desired: number,
): void => {
  if (textAt(owner, 'spec', 'updateStrategy', 'type') === 'OnDelete') return;
  const old = pods.filter((pod) => !isTerminating(pod) && revisionOf(pod) !== hash);
  const limit = Math.max(
    1,
    intOrPercent(at(owner, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable'), desired, 'up', 1),
  );
  const available = pods.filter((pod) => !isTerminating(pod) && isPodReady(pod)).length;
  let budget = Math.max(0, limit - (desired - available));
  for (const pod of old) {
    // An old pod that does not work takes nothing away from what is available.
    if (isPodReady(pod) && budget === 0) continue;
    if (isPodReady(pod)) budget -= 1;
    deletePod(cluster, pod);
    tell(cluster, owner, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }
};

const tell = (cluster: Cluster, owner: KubeObject, reason: string, message: string): void =>
  recordEvent(cluster, owner, { type: 'Normal', reason, message, from: 'daemonset-controller' });

/** Counted by the API server in an annotation, as the first versions of the kind had it. */
const templateGeneration = (owner: KubeObject): string =>
  owner.metadata.annotations?.['deprecated.daemonset.template.generation'] ?? String(owner.metadata.generation ?? 1);

const reconcile = (cluster: Cluster, owner: KubeObject): void => {
  const template = fieldsAt(owner, 'spec', 'template');
  const hash = templateHash(template);
  keepRevision(cluster, owner, hash);
  const spec = fieldsAt(template, 'spec');
  const tolerations = [...listAt(spec, 'tolerations'), ...automaticTolerations(flagAt(spec, 'hostNetwork'))];
  const nodes = cluster.store.list(NODES).filter((node) => matchesNode(spec, node));
  const eligible = nodes
    .filter((node) => untolerated(tolerations, node) === undefined)
    .map((node) => node.metadata.name);
  // A pod that runs already only has to go where a NoExecute taint or another selector says so.
  const mayStay = new Set(
    nodes
      .filter((node) => untolerated([...tolerations, { operator: 'Exists', effect: 'NoSchedule' }], node) === undefined)
      .map((node) => node.metadata.name),
  );
  const pods = ownedBy(cluster, PODS, owner);
  for (const pod of pods) {
    if (!isActive(pod) && !isTerminating(pod)) deletePod(cluster, pod);
    if (!mayStay.has(targetOf(pod) ?? '')) deletePod(cluster, pod);
  }
  const covered = new Set(pods.map(targetOf));
  for (const node of eligible) {
    if (covered.has(node)) continue;
    const pod = createPod(cluster, {
      owner,
      name: owner.metadata.name,
      labels: { 'controller-revision-hash': hash, 'pod-template-generation': templateGeneration(owner) },
      adapt: adaptTo(node),
    });
    tell(cluster, owner, 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
  }
  rollOut(cluster, owner, hash, ownedBy(cluster, PODS, owner), eligible.length);
  writeStatus(cluster, owner, hash, eligible);
};

const writeStatus = (cluster: Cluster, owner: KubeObject, hash: string, eligible: readonly string[]): void => {
  const current = cluster.store.get(DAEMON_SETS, owner.metadata.namespace, owner.metadata.name);
  if (current === undefined) return;
  const here = new Set(eligible);
  const pods = ownedBy(cluster, PODS, owner).filter((pod) => !isTerminating(pod));
  const scheduled = pods.filter((pod) => here.has(targetOf(pod) ?? ''));
  const ready = scheduled.filter(isPodReady).length;
  const unavailable = eligible.length - ready;
  const updated = scheduled.filter((pod) => revisionOf(pod) === hash).length;
  saveStatus(cluster, DAEMON_SETS, current, {
    currentNumberScheduled: scheduled.length,
    desiredNumberScheduled: eligible.length,
    numberMisscheduled: pods.length - scheduled.length,
    numberReady: ready,
    observedGeneration: current.metadata.generation ?? 1,
    ...(updated === 0 ? {} : { updatedNumberScheduled: updated }),
    ...(ready === 0 ? {} : { numberAvailable: ready }),
    ...(unavailable === 0 ? {} : { numberUnavailable: unavailable }),
  });
};

export const reconcileDaemonSets = (cluster: Cluster): void => {
  for (const owner of cluster.store.list(DAEMON_SETS)) if (!isTerminating(owner)) reconcile(cluster, owner);
};
