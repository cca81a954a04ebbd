import type { KubeObject } from '../../objects.ts';
import { type Cluster, ownedBy, ownerReference, save } from '../cluster.ts';
import { fieldsAt, numberAt, textMapAt } from '../fields.ts';
import { CONTROLLER_REVISIONS } from '../resources.ts';

/** Keeps each template that a workload had, numbered, for `kubectl rollout history` and undo. */
export const keepRevision = (cluster: Cluster, owner: KubeObject, hash: string): void => {
  const name = `${owner.metadata.name}-${hash}`;
  const known = ownedBy(cluster, CONTROLLER_REVISIONS, owner);
  if (known.some((one) => one.metadata.name === name)) return;
  const revision = Math.max(0, ...known.map((one) => numberAt(one, 'revision') ?? 0)) + 1;
  // One that an orphaning delete left behind gets its new owner.
  save(cluster, CONTROLLER_REVISIONS, {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      labels: {
        ...textMapAt(owner, 'spec', 'template', 'metadata', 'labels'),
        'controller-revision-hash': hash,
      },
      ...(owner.metadata.annotations === undefined ? {} : { annotations: owner.metadata.annotations }),
      ownerReferences: [ownerReference(owner)],
    },
    data: { spec: { template: { $patch: 'replace', ...fieldsAt(owner, 'spec', 'template') } } },
    revision,
  });
};

export const revisionOf = (pod: KubeObject): string | undefined => pod.metadata.labels?.['controller-revision-hash'];
