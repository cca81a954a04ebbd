import type { KubeObject } from '../objects.ts';
import { type Cluster, stamp, uid } from './cluster.ts';
import { shortHash } from './hashes.ts';
import { EVENTS } from './resources.ts';

export interface Occurrence {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Component that reports it, for example `kubelet`. */
  readonly from: string;
  /** What was being done, where the reporter uses the newer events API. */
  readonly action?: string;
}

/** Writes a core/v1 Event the first time that something happens to an object; a repetition is not written again, so that waiting stays silent. */
export const recordEvent = (
  cluster: Cluster,
  about: KubeObject,
  { type, reason, message, from, action }: Occurrence,
): void => {
  const namespace = about.metadata.namespace ?? 'default';
  const name = `${about.metadata.name}.${shortHash(`${uid(about)}/${reason}/${message}`, 16)}`;
  if (cluster.store.get(EVENTS, namespace, name) !== undefined) return;
  const time = stamp(cluster);
  cluster.store.create(EVENTS, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: {
      apiVersion: about.apiVersion,
      kind: about.kind,
      name: about.metadata.name,
      uid: uid(about),
      ...(about.metadata.namespace === undefined ? {} : { namespace: about.metadata.namespace }),
    },
    type,
    reason,
    message,
    reportingComponent: from,
    ...(action === undefined
      ? { source: { component: from }, reportingInstance: '', firstTimestamp: time, lastTimestamp: time, count: 1 }
      : {
          action,
          source: {},
          reportingInstance: `${from}-0`,
          eventTime: time.replace('Z', '.000000Z'),
          firstTimestamp: null,
          lastTimestamp: null,
        }),
  });
};
