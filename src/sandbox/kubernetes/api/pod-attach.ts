import { textAt } from './json.ts';
import { flag, succeeded, type Channels } from './pod-channels.ts';
import type { Asked } from './pod-exec.ts';

/** What a container writes from now on, until its pod ends or the client goes. Programs here write to one stream only. */
export const followAttached = ({ context, query, pod, container }: Asked, { client, send, end }: Channels): void => {
  const stopLines = context.kubelet().follow(pod, container, ({ text }) => {
    if (flag(query, 'stdout')) send(1, `${text}\n`);
  });
  const stopPod = context.store.subscribe(({ type, object }) => {
    if (object.metadata.uid !== pod.metadata.uid) return;
    if (type === 'DELETED' || ['Succeeded', 'Failed'].includes(textAt(object, 'status', 'phase') ?? '')) end(succeeded);
  });
  client.on('close', () => {
    stopLines();
    stopPod();
  });
};
