import { arrayAt, at, textAt } from '../json.ts';
import { isCollected, type LogSettings, type LogStream } from '../kubernetes/nodes/log-agent.ts';
import type { LogTarget } from './log-row.ts';

const streams: readonly LogStream[] = ['stdout', 'stderr'];
const statusLists = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'];

const withoutScheme = (id: string): string => id.replace(/^[a-z]+:\/\//u, '');

/**
 * What the agent reads of these pods. `split`: the API server can tell the streams apart; where it cannot, both come as what they are
 * read for, stdout.
 */
export const logTargets = (pods: readonly unknown[], settings: LogSettings, split: boolean): readonly LogTarget[] =>
  pods.flatMap((pod) => {
    const names = {
      namespace: textAt(pod, 'metadata', 'namespace') ?? '',
      name: textAt(pod, 'metadata', 'name') ?? '',
    };
    const wanted = (split ? streams : (['stdout'] as const)).filter((stream) => isCollected(settings, stream, names));
    if (wanted.length === 0) return [];
    return lives(pod).flatMap((life) =>
      wanted.map((stream) => ({
        ...life,
        key: `${life.key}/${stream}`,
        namespace: names.namespace,
        pod: names.name,
        node: textAt(pod, 'spec', 'nodeName') ?? '',
        stream,
      })),
    );
  });

type Life = Pick<LogTarget, 'key' | 'container' | 'containerId' | 'life'>;

/** Each container's present life and the one before, as far as the kubelet still has their logs. */
const lives = (pod: unknown): readonly Life[] => {
  const uid = textAt(pod, 'metadata', 'uid') ?? '';
  return statusLists
    .flatMap((list) => arrayAt(pod, 'status', list))
    .flatMap((status): readonly Life[] => {
      const container = textAt(status, 'name') ?? '';
      const restarts = Number(at(status, 'restartCount') ?? 0);
      const life = (id: string | undefined, which: Life['life'], restart: number): Life => ({
        key: id ?? `${uid}/${container}/${restart}`,
        container,
        containerId: withoutScheme(id ?? ''),
        life: which,
      });
      const own = textAt(status, 'containerID');
      const before = at(status, 'lastState', 'terminated');
      const beforeId = textAt(before, 'containerID');
      const previous = before === undefined || beforeId === own ? [] : [life(beforeId, 'previous', restarts - 1)];
      if (at(status, 'state', 'running') !== undefined) return [...previous, life(own, 'running', restarts)];
      if (at(status, 'state', 'terminated') !== undefined) return [...previous, life(own, 'ended', restarts)];
      // While it waits for its next start, the last life is what the kubelet gives without being asked for the previous one.
      return before === undefined ? [] : [life(beforeId ?? own, 'ended', restarts)];
    });
};
