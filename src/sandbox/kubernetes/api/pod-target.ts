import type { KubeObject, ObjectStore } from '../objects.ts';
import { badRequest } from './api-error.ts';
import { listAt, textAt } from './json.ts';
import { read } from './read.ts';
import { builtin } from './resource-table.ts';

const pods = builtin('pods');

/** A pod whose kubelet can be asked; `check` comes before the look for its node. */
export const hostedPod = (
  store: ObjectStore,
  namespace: string | undefined,
  name: string,
  check: (pod: KubeObject) => void = () => {},
): KubeObject => {
  const pod = read(store, pods, namespace, name);
  check(pod);
  if (textAt(pod, 'spec', 'nodeName') === undefined) throw badRequest(`pod ${name} does not have a host assigned`);
  return pod;
};

/** The container a request means: the one it names, else the default one, else the only one. */
export const containerOf = (pod: KubeObject, asked: string | null): string => {
  const all = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) =>
    listAt(pod, 'spec', list).flatMap((container) => textAt(container, 'name') ?? []),
  );
  const regular = listAt(pod, 'spec', 'containers').flatMap((container) => textAt(container, 'name') ?? []);
  const { name } = pod.metadata;
  if (asked !== null && asked !== '') {
    if (!all.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  const [only] = regular;
  if (only !== undefined && regular.length === 1) return only;
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${regular.join(' ')}]`);
};
