import { isObject, listAt, objectAt, valueAt, type JsonObject } from './json.ts';

/** A pod spec with the API server's defaults, in a pod as in a template. */
export const podSpecDefaults = (spec: JsonObject): JsonObject => {
  const hostNetwork = spec['hostNetwork'] === true;
  const account = spec['serviceAccountName'] ?? spec['serviceAccount'];
  return {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    terminationGracePeriodSeconds: 30,
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
    ...(typeof account === 'string' && account !== '' ? { serviceAccount: account, serviceAccountName: account } : {}),
    ...each(spec, 'containers', (container) => containerDefaults(container, hostNetwork)),
    ...each(spec, 'initContainers', (container) => containerDefaults(container, hostNetwork)),
    ...each(spec, 'volumes', volumeDefaults),
  };
};

/** `{[key]: items mapped}`, or nothing where there is no such list. */
export const each = (owner: JsonObject, key: string, change: (item: JsonObject) => unknown): JsonObject => {
  const list = owner[key];
  return Array.isArray(list) ? { [key]: list.map((item) => (isObject(item) ? change(item) : (item as unknown))) } : {};
};

/** A nested object changed, or nothing where there is none. */
export const within = (owner: JsonObject, key: string, change: (inner: JsonObject) => unknown): JsonObject => {
  const inner = owner[key];
  return isObject(inner) ? { [key]: change(inner) } : {};
};

const containerDefaults = (container: JsonObject, hostNetwork: boolean): JsonObject => {
  const image = typeof container['image'] === 'string' ? container['image'] : '';
  const name = image.split('@')[0]?.split('/').at(-1) ?? '';
  const latest = !image.includes('@') && (!name.includes(':') || name.endsWith(':latest'));
  return {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: latest ? 'Always' : 'IfNotPresent',
    ...(container['resources'] === undefined ? { resources: {} } : {}),
    ...container,
    ...each(container, 'ports', (port) => ({
      protocol: 'TCP',
      ...port,
      ...(hostNetwork && port['hostPort'] === undefined ? { hostPort: port['containerPort'] } : {}),
    })),
    ...each(container, 'env', (env) => ({
      ...env,
      ...within(env, 'valueFrom', (from) => ({
        ...from,
        ...within(from, 'fieldRef', (ref) => ({ apiVersion: 'v1', ...ref })),
      })),
    })),
    ...within(container, 'livenessProbe', probeDefaults),
    ...within(container, 'readinessProbe', probeDefaults),
    ...within(container, 'startupProbe', probeDefaults),
    ...within(container, 'lifecycle', (lifecycle) => ({
      ...lifecycle,
      ...within(lifecycle, 'postStart', httpDefaults),
      ...within(lifecycle, 'preStop', httpDefaults),
    })),
  };
};

/** In a pod, unlike in a template, requests that are missing are as large as the limits. */
export const withRequests = (spec: JsonObject): JsonObject => {
  const filled = (container: JsonObject): JsonObject => ({
    ...container,
    ...within(container, 'resources', resourceDefaults),
  });
  return { ...spec, ...each(spec, 'containers', filled), ...each(spec, 'initContainers', filled) };
};

const resourceDefaults = (resources: JsonObject): JsonObject => {
  const limits = objectAt(resources, 'limits');
  if (Object.keys(limits).length === 0) return resources;
  return { ...resources, requests: { ...limits, ...objectAt(resources, 'requests') } };
};

const httpDefaults = (handler: JsonObject): JsonObject => ({
  ...handler,
  ...within(handler, 'httpGet', (get) => ({ path: '/', scheme: 'HTTP', ...get })),
});

const probeDefaults = (probe: JsonObject): JsonObject => ({
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  ...httpDefaults(probe),
  ...within(probe, 'grpc', (grpc) => ({ service: '', ...grpc })),
});

const volumeDefaults = (volume: JsonObject): JsonObject => ({
  ...volume,
  ...within(volume, 'configMap', (source) => ({ defaultMode: 420, ...source })),
  ...within(volume, 'secret', (source) => ({ defaultMode: 420, ...source })),
  ...within(volume, 'downwardAPI', (source) => ({ defaultMode: 420, ...source })),
  ...within(volume, 'hostPath', (source) => ({ type: '', ...source })),
  ...within(volume, 'projected', (source) => ({
    defaultMode: 420,
    ...source,
    ...each(source, 'sources', (part) => ({
      ...part,
      ...within(part, 'serviceAccountToken', (token) => ({ expirationSeconds: 3600, ...token })),
    })),
  })),
});

/** BestEffort, Burstable or Guaranteed, as the kubelet and the API server work it out. */
export const qosClass = (spec: JsonObject): string => {
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')];
  const stated = (kind: string): number =>
    containers.filter((container) => Object.keys(objectAt(container, 'resources', kind)).length > 0).length;
  if (stated('limits') === 0 && stated('requests') === 0) return 'BestEffort';
  const guaranteed = containers.every((container) =>
    ['cpu', 'memory'].every((name) => {
      const limit = valueAt(container, 'resources', 'limits', name);
      const request = valueAt(container, 'resources', 'requests', name);
      return limit !== undefined && (request === undefined || request === limit);
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
};
