import type { KubeObject, Resource } from '../objects.ts';
import type { Cluster } from './cluster.ts';
import { type Fields, fieldsAt, flagAt, listAt, textAt } from './fields.ts';
import { CONFIG_MAPS, SECRETS } from './resources.ts';

interface Need {
  readonly resource: Resource;
  readonly name: string;
  readonly keys: readonly string[];
}

const needOf = (source: Fields, nameKey: string, resource: Resource): readonly Need[] => {
  const name = textAt(source, nameKey);
  if (name === undefined || flagAt(source, 'optional')) return [];
  return [{ resource, name, keys: listAt(source, 'items').flatMap((item) => textAt(item, 'key') ?? []) }];
};

const needsOf = (volume: Fields): readonly Need[] => [
  ...needOf(fieldsAt(volume, 'configMap'), 'name', CONFIG_MAPS),
  ...needOf(fieldsAt(volume, 'secret'), 'secretName', SECRETS),
  ...listAt(volume, 'projected', 'sources').flatMap((source) => [
    ...needOf(fieldsAt(source, 'configMap'), 'name', CONFIG_MAPS),
    ...needOf(fieldsAt(source, 'secret'), 'name', SECRETS),
  ]),
];

/** The kubelet's words for the first volume that cannot be mounted. */
export const failedMount = (cluster: Cluster, pod: KubeObject): string | undefined => {
  const namespace = pod.metadata.namespace ?? 'default';
  for (const volume of listAt(pod, 'spec', 'volumes')) {
    for (const { resource, name, keys } of needsOf(volume)) {
      const kind = resource === SECRETS ? 'secret' : 'configmap';
      const found = cluster.store.get(resource, namespace, name);
      if (found === undefined)
        return `MountVolume.SetUp failed for volume "${textAt(volume, 'name')}" : ${kind} "${name}" not found`;
      const missing = keys.find(
        (key) => fieldsAt(found, 'data')[key] === undefined && fieldsAt(found, 'binaryData')[key] === undefined,
      );
      if (missing !== undefined)
        return `MountVolume.SetUp failed for volume "${textAt(volume, 'name')}" : references non-existent ${kind} key: ${missing}`;
    }
  }
  return undefined;
};

/** The kubelet's words for a container whose environment names what is not there. */
export const failedConfig = (cluster: Cluster, pod: KubeObject, container: Fields): string | undefined => {
  const namespace = pod.metadata.namespace ?? 'default';
  const sources = [
    ...listAt(container, 'env').map((one) => ({
      config: fieldsAt(one, 'valueFrom', 'configMapKeyRef'),
      secret: fieldsAt(one, 'valueFrom', 'secretKeyRef'),
    })),
    ...listAt(container, 'envFrom').map((one) => ({
      config: fieldsAt(one, 'configMapRef'),
      secret: fieldsAt(one, 'secretRef'),
    })),
  ];
  for (const { config, secret } of sources) {
    for (const [source, resource, kind] of [
      [config, CONFIG_MAPS, 'configmap'],
      [secret, SECRETS, 'secret'],
    ] as const) {
      const name = textAt(source, 'name');
      if (name === undefined || flagAt(source, 'optional')) continue;
      const found = cluster.store.get(resource, namespace, name);
      if (found === undefined) return `${kind} "${name}" not found`;
      const key = textAt(source, 'key');
      if (key !== undefined && fieldsAt(found, 'data')[key] === undefined)
        return `couldn't find key ${key} in ${kind === 'secret' ? 'Secret' : 'ConfigMap'} ${namespace}/${name}`;
    }
  }
  return undefined;
};
