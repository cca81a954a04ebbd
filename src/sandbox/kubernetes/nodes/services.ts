import type { KubeObject } from '../objects.ts';
import { type Cluster, isTerminating, ownedBy, ownerReference, save, saveStatus, uid } from './cluster.ts';
import { type Fields, at, fieldsAt, listAt, numberAt, textAt, textMapAt } from './fields.ts';
import { numberFrom, safeSuffix } from './hashes.ts';
import { isActive, isPodReady } from './pod-template.ts';
import { ENDPOINTS, ENDPOINT_SLICES, NODES, PODS, SERVICES } from './resources.ts';
import { matchesLabels } from './selectors.ts';

const LOAD_BALANCER_MS = 45_000;
const INTERNAL = 'service.beta.kubernetes.io/azure-load-balancer-internal';

interface Backend {
  readonly pod: KubeObject;
  readonly address: string;
  readonly ready: boolean;
}

const backends = (cluster: Cluster, service: KubeObject): readonly Backend[] =>
  cluster.store
    .list(PODS, service.metadata.namespace)
    .filter((pod) => isActive(pod) && matchesLabels(pod.metadata.labels ?? {}, textMapAt(service, 'spec', 'selector')))
    .flatMap((pod) => {
      const address = textAt(pod, 'status', 'podIP');
      return address === undefined ? [] : [{ pod, address, ready: isPodReady(pod) }];
    });

const targetPort = (port: Fields, pod: KubeObject | undefined): number => {
  const target = at(port, 'targetPort') ?? at(port, 'port');
  if (typeof target === 'number') return target;
  const named = listAt(pod, 'spec', 'containers')
    .flatMap((one) => listAt(one, 'ports'))
    .find((one) => one['name'] === target);
  return numberAt(named, 'containerPort') ?? numberAt(port, 'port') ?? 0;
};

const ports = (service: KubeObject, pod: KubeObject | undefined): readonly Fields[] =>
  listAt(service, 'spec', 'ports').map((port) => ({
    name: textAt(port, 'name') ?? '',
    protocol: textAt(port, 'protocol') ?? 'TCP',
    port: targetPort(port, pod),
  }));

const reference = ({ pod }: Backend): Fields => ({
  kind: 'Pod',
  name: pod.metadata.name,
  namespace: pod.metadata.namespace,
  uid: uid(pod),
});

const endpoint = (cluster: Cluster, backend: Backend): Fields => {
  const nodeName = textAt(backend.pod, 'spec', 'nodeName') ?? '';
  const zone = cluster.store.get(NODES, undefined, nodeName)?.metadata.labels?.['topology.kubernetes.io/zone'];
  return {
    addresses: [backend.address],
    conditions: { ready: backend.ready, serving: backend.ready, terminating: false },
    nodeName,
    targetRef: reference(backend),
    ...(zone === undefined ? {} : { zone }),
  };
};

/** When a pod last changed what the slice says, for whoever measures how long the network took. */
const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';
const lastChange = (found: readonly Backend[]): Readonly<Record<string, string>> => {
  const times = found.flatMap(({ pod, ready }) =>
    listAt(pod, 'status', 'conditions')
      .filter((one) => one['type'] === 'Ready' && ready)
      .map((one) => textAt(one, 'lastTransitionTime') ?? ''),
  );
  const last = times.toSorted().at(-1);
  return last === undefined ? {} : { [TRIGGER]: last };
};

const headless = (service: KubeObject): Readonly<Record<string, string>> =>
  textAt(service, 'spec', 'clusterIP') === 'None' ? { 'service.kubernetes.io/headless': '' } : {};

const reconcileEndpoints = (cluster: Cluster, service: KubeObject): void => {
  const found = backends(cluster, service);
  const { name, namespace } = service.metadata;
  const meta = namespace === undefined ? {} : { namespace };
  const existing =
    ownedBy(cluster, ENDPOINT_SLICES, service)[0]?.metadata.name ?? `${name}-${safeSuffix(uid(service), 5)}`;
  save(cluster, ENDPOINT_SLICES, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...meta,
      name: existing,
      generateName: `${name}-`,
      labels: {
        ...service.metadata.labels,
        ...headless(service),
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      annotations: lastChange(found),
      ownerReferences: [ownerReference(service)],
    },
    addressType: 'IPv4',
    endpoints: found.map((backend) => endpoint(cluster, backend)),
    ports: ports(service, found[0]?.pod),
  });
  const address = (backend: Backend): Fields => ({
    ip: backend.address,
    nodeName: textAt(backend.pod, 'spec', 'nodeName'),
    targetRef: reference(backend),
  });
  const [ready, unready] = [
    found.filter((one) => one.ready).map(address),
    found.filter((one) => !one.ready).map(address),
  ];
  const subset = {
    ...(ready.length === 0 ? {} : { addresses: ready }),
    ...(unready.length === 0 ? {} : { notReadyAddresses: unready }),
    ports: ports(service, found[0]?.pod),
  };
  save(cluster, ENDPOINTS, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...meta,
      name,
      labels: {
        ...service.metadata.labels,
        ...headless(service),
        'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
      },
      annotations: lastChange(found),
    },
    subsets: found.length === 0 ? [] : [subset],
  });
};

/** Azure's cloud controller takes most of a minute for a frontend. */
const reconcileLoadBalancer = (cluster: Cluster, service: KubeObject): void => {
  if (listAt(service, 'status', 'loadBalancer', 'ingress').length > 0) return;
  if (!cluster.delays.passed(uid(service), 'load-balancer', LOAD_BALANCER_MS)) return;
  const last = numberFrom(uid(service), 240) + 10;
  const internal = service.metadata.annotations?.[INTERNAL] === 'true';
  saveStatus(cluster, SERVICES, service, {
    ...fieldsAt(service, 'status'),
    loadBalancer: { ingress: [{ ip: internal ? `10.224.255.${last}` : `203.0.113.${last}`, ipMode: 'VIP' }] },
  });
};

/** Endpoints of services that select pods, and addresses of those that ask for a load balancer. */
export const reconcileServices = (cluster: Cluster): void => {
  for (const service of cluster.store.list(SERVICES)) {
    if (isTerminating(service)) continue;
    if (Object.keys(textMapAt(service, 'spec', 'selector')).length > 0) reconcileEndpoints(cluster, service);
    if (textAt(service, 'spec', 'type') === 'LoadBalancer') reconcileLoadBalancer(cluster, service);
  }
  // An Endpoints object carries no owner: it goes by its service's name.
  for (const endpoints of cluster.store.list(ENDPOINTS)) {
    const { name, namespace } = endpoints.metadata;
    if (cluster.store.get(SERVICES, namespace, name) === undefined && name !== 'kubernetes')
      cluster.store.remove(ENDPOINTS, namespace, name);
  }
};
