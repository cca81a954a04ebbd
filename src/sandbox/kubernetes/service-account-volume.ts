/** Where every container finds the token of its pod's service account. */
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listIn = (owner: Fields, key: string): readonly Fields[] => {
  const list = owner[key];
  return Array.isArray(list) ? list.filter(isFields) : [];
};

const volume = (name: string): Fields => ({
  name,
  projected: {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
      {
        downwardAPI: {
          items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }],
        },
      },
    ],
  },
});

/**
 * A pod's spec with the volume that admission adds for its service account's token, unless the spec or the account declines it.
 * `suffix` ends the volume's name: five characters of Kubernetes' alphabet.
 */
export const withAccountVolume = (spec: Fields, account: Fields | undefined, suffix: () => string): Fields => {
  const wanted = spec['automountServiceAccountToken'] ?? account?.['automountServiceAccountToken'] ?? true;
  if (wanted !== true) return spec;
  const lacks = (container: Fields): boolean =>
    !listIn(container, 'volumeMounts').some((mount) => mount['mountPath'] === MOUNT_PATH);
  if (!['containers', 'initContainers'].some((key) => listIn(spec, key).some(lacks))) return spec;
  const known = listIn(spec, 'volumes').find(({ name }) => String(name).startsWith('kube-api-access-'));
  const name = known === undefined ? `kube-api-access-${suffix()}` : String(known['name']);
  const mounted = (container: Fields): Fields =>
    lacks(container)
      ? {
          ...container,
          volumeMounts: [...listIn(container, 'volumeMounts'), { mountPath: MOUNT_PATH, name, readOnly: true }],
        }
      : container;
  return {
    ...spec,
    containers: listIn(spec, 'containers').map(mounted),
    ...(spec['initContainers'] === undefined ? {} : { initContainers: listIn(spec, 'initContainers').map(mounted) }),
    volumes: known === undefined ? [...listIn(spec, 'volumes'), volume(name)] : spec['volumes'],
  };
};
