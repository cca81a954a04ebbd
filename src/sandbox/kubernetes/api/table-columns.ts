import { listAt, numberAt, objectAt, textAt, valueAt } from './json.ts';
import {
  age,
  imagesOf,
  namesOf,
  nodeRoles,
  nodeStatus,
  podReady,
  podReason,
  podRestarts,
  selectorText,
  servicePorts,
} from './table-cells.ts';
import type { ApiResource } from './resource-table.ts';
import { customColumn, type Column } from './table-custom.ts';

/** The columns `kubectl get` shows for a kind. */
export const tableColumns = (
  resource: ApiResource,
  printerColumns: readonly unknown[],
  now: number,
): readonly Column[] => {
  const name: Column = { name: 'Name', cell: ({ metadata }) => metadata.name };
  const created: Column = { name: 'Age', cell: ({ metadata }) => age(metadata.creationTimestamp, now) };
  if (resource.custom) {
    const own = printerColumns.map((column): Column => customColumn(column, now));
    return [name, ...own, ...(printerColumns.length > 0 ? [] : [created])];
  }
  if (resource.plural === 'events') return eventColumns(now);
  const { before = [], after = [] } = columns[resource.plural] ?? {};
  return [name, ...before, ...(resource.plural === 'customresourcedefinitions' ? [] : [created]), ...after];
};

const text = (name: string, ...path: readonly string[]): Column => ({
  name,
  cell: (object) => textAt(object, ...path) ?? '<none>',
});
const count = (name: string, ...path: readonly string[]): Column => ({
  name,
  type: 'integer',
  cell: (object) => numberAt(object, ...path) ?? 0,
});
const wide = (column: Column): Column => ({ ...column, wide: true });
const containers: Column = { name: 'Containers', wide: true, cell: (object) => namesOf(object) };
const images: Column = { name: 'Images', wide: true, cell: (object) => imagesOf(object) };
const selector: Column = {
  name: 'Selector',
  wide: true,
  cell: (object) => selectorText(valueAt(object, 'spec', 'selector')),
};
const keys = (name: string, ...fields: readonly string[]): Column => ({
  name,
  type: 'integer',
  cell: (object) => fields.reduce((sum, field) => sum + Object.keys(objectAt(object, field)).length, 0),
});
const ready: Column = {
  name: 'Ready',
  cell: (object) => `${numberAt(object, 'status', 'readyReplicas') ?? 0}/${numberAt(object, 'spec', 'replicas') ?? 1}`,
};

/** Events are read by time, not by name. */
const eventColumns = (now: number): readonly Column[] => [
  {
    name: 'Last Seen',
    cell: (event) =>
      age(textAt(event, 'lastTimestamp') ?? textAt(event, 'eventTime') ?? event.metadata.creationTimestamp, now),
  },
  text('Type', 'type'),
  text('Reason', 'reason'),
  {
    name: 'Object',
    cell: (event) =>
      `${(textAt(event, 'involvedObject', 'kind') ?? '').toLowerCase()}/${textAt(event, 'involvedObject', 'name') ?? ''}`,
  },
  text('Message', 'message'),
  { name: 'Name', wide: true, cell: ({ metadata }) => metadata.name },
];

const columns: Readonly<Record<string, { readonly before?: readonly Column[]; readonly after?: readonly Column[] }>> = {
  pods: {
    before: [
      { name: 'Ready', cell: podReady },
      { name: 'Status', cell: podReason },
      { name: 'Restarts', cell: (pod) => String(podRestarts(pod)) },
    ],
    after: [
      wide(text('IP', 'status', 'podIP')),
      wide(text('Node', 'spec', 'nodeName')),
      wide(text('Nominated Node', 'status', 'nominatedNodeName')),
      { name: 'Readiness Gates', wide: true, cell: () => '<none>' },
    ],
  },
  nodes: {
    before: [
      { name: 'Status', cell: nodeStatus },
      { name: 'Roles', cell: nodeRoles },
    ],
    after: [
      { name: 'Version', cell: (node) => textAt(node, 'status', 'nodeInfo', 'kubeletVersion') ?? '' },
      ...['InternalIP', 'ExternalIP'].map((type): Column => ({
        name: type === 'InternalIP' ? 'Internal-IP' : 'External-IP',
        wide: true,
        cell: (node) =>
          textAt(
            listAt(node, 'status', 'addresses').find((address) => textAt(address, 'type') === type),
            'address',
          ) ?? '<none>',
      })),
      wide(text('OS-Image', 'status', 'nodeInfo', 'osImage')),
      wide(text('Kernel-Version', 'status', 'nodeInfo', 'kernelVersion')),
      wide(text('Container-Runtime', 'status', 'nodeInfo', 'containerRuntimeVersion')),
    ],
  },
  daemonsets: {
    before: [
      count('Desired', 'status', 'desiredNumberScheduled'),
      count('Current', 'status', 'currentNumberScheduled'),
      count('Ready', 'status', 'numberReady'),
      count('Up-to-date', 'status', 'updatedNumberScheduled'),
      count('Available', 'status', 'numberAvailable'),
      {
        name: 'Node Selector',
        cell: (object) => selectorText({ matchLabels: objectAt(object, 'spec', 'template', 'spec', 'nodeSelector') }),
      },
    ],
    after: [containers, images, selector],
  },
  deployments: {
    before: [
      ready,
      count('Up-to-date', 'status', 'updatedReplicas'),
      count('Available', 'status', 'availableReplicas'),
    ],
    after: [containers, images, selector],
  },
  replicasets: {
    before: [
      count('Desired', 'spec', 'replicas'),
      count('Current', 'status', 'replicas'),
      count('Ready', 'status', 'readyReplicas'),
    ],
    after: [containers, images, selector],
  },
  statefulsets: { before: [ready], after: [containers, images] },
  services: {
    before: [
      text('Type', 'spec', 'type'),
      text('Cluster-IP', 'spec', 'clusterIP'),
      {
        name: 'External-IP',
        cell: (service) => {
          const ingress = listAt(service, 'status', 'loadBalancer', 'ingress').map(
            (entry) => textAt(entry, 'ip') ?? textAt(entry, 'hostname') ?? '',
          );
          return ingress.length > 0
            ? ingress.join(',')
            : textAt(service, 'spec', 'type') === 'LoadBalancer'
              ? '<pending>'
              : (textAt(service, 'spec', 'externalName') ?? '<none>');
        },
      },
      { name: 'Port(s)', cell: servicePorts },
    ],
    after: [
      {
        name: 'Selector',
        wide: true,
        cell: (service) => selectorText({ matchLabels: objectAt(service, 'spec', 'selector') }),
      },
    ],
  },
  configmaps: { before: [keys('Data', 'data', 'binaryData')] },
  secrets: { before: [text('Type', 'type'), keys('Data', 'data')] },
  namespaces: { before: [text('Status', 'status', 'phase')] },
  serviceaccounts: {
    before: [{ name: 'Secrets', type: 'integer', cell: (account) => listAt(account, 'secrets').length }],
  },
  jobs: {
    before: [
      {
        name: 'Status',
        cell: (job) =>
          numberAt(job, 'status', 'succeeded') === (numberAt(job, 'spec', 'completions') ?? 1) ? 'Complete' : 'Running',
      },
      {
        name: 'Completions',
        cell: (job) => `${numberAt(job, 'status', 'succeeded') ?? 0}/${numberAt(job, 'spec', 'completions') ?? 1}`,
      },
    ],
  },
  cronjobs: { before: [text('Schedule', 'spec', 'schedule')] },
  customresourcedefinitions: {
    before: [{ name: 'Created At', cell: ({ metadata }) => metadata.creationTimestamp ?? '' }],
  },
  storageclasses: {
    before: [
      text('Provisioner', 'provisioner'),
      text('ReclaimPolicy', 'reclaimPolicy'),
      text('VolumeBindingMode', 'volumeBindingMode'),
    ],
  },
  ingressclasses: { before: [text('Controller', 'spec', 'controller')] },
  ingresses: { before: [text('Class', 'spec', 'ingressClassName')] },
  rolebindings: {
    before: [
      {
        name: 'Role',
        cell: (binding) => `${textAt(binding, 'roleRef', 'kind') ?? ''}/${textAt(binding, 'roleRef', 'name') ?? ''}`,
      },
    ],
  },
  clusterrolebindings: {
    before: [
      {
        name: 'Role',
        cell: (binding) => `${textAt(binding, 'roleRef', 'kind') ?? ''}/${textAt(binding, 'roleRef', 'name') ?? ''}`,
      },
    ],
  },
  leases: { before: [text('Holder', 'spec', 'holderIdentity')] },
  endpointslices: {
    before: [
      text('AddressType', 'addressType'),
      {
        name: 'Ports',
        cell: (slice) =>
          listAt(slice, 'ports')
            .map((port) => numberAt(port, 'port'))
            .join(',') || '<unset>',
      },
      {
        name: 'Endpoints',
        cell: (slice) =>
          listAt(slice, 'endpoints')
            .flatMap((endpoint) => listAt(endpoint, 'addresses'))
            .join(',') || '<unset>',
      },
    ],
  },
  networkpolicies: {
    before: [{ name: 'Pod-Selector', cell: (policy) => selectorText(valueAt(policy, 'spec', 'podSelector')) }],
  },
};
