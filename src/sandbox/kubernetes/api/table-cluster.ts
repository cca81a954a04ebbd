import type { KubeObject } from '../objects.ts';
import { listAt, numberAt, objectAt, textAt, valueAt } from './json.ts';
import { age, nodeRoles, nodeStatus, selectorText, servicePorts } from './table-cells.ts';
import {
  column,
  count,
  firstThree,
  flag,
  keys,
  length,
  text,
  unset,
  wide,
  type Column,
  type KindColumns,
} from './table-column.ts';

const address = (type: string, title: string): Column =>
  wide(
    column(
      title,
      (node) =>
        textAt(
          listAt(node, 'status', 'addresses').find((one) => textAt(one, 'type') === type),
          'address',
        ) ?? '<none>',
    ),
  );

const balancer = (object: KubeObject): readonly string[] =>
  listAt(object, 'status', 'loadBalancer', 'ingress').map(
    (entry) => textAt(entry, 'ip') ?? textAt(entry, 'hostname') ?? '',
  );

const externalAddress = (service: KubeObject): string => {
  const own = listAt(service, 'spec', 'externalIPs').map(String);
  const type = textAt(service, 'spec', 'type');
  if (type === 'ExternalName') return textAt(service, 'spec', 'externalName') ?? '';
  const all = type === 'LoadBalancer' ? [...balancer(service), ...own] : own;
  return all.length > 0 ? all.join(',') : type === 'LoadBalancer' ? '<pending>' : '<none>';
};

const shares = (quota: KubeObject, limits: boolean): string =>
  Object.entries(objectAt(quota, 'status', 'hard'))
    .filter(([name]) => name.startsWith('limits.') === limits)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hard]) => `${name}: ${textAt(quota, 'status', 'used', name) ?? '0'}/${String(hard)}`)
    .join(', ');

/** Columns of what a cluster is made of and what the network needs. */
export const clusterColumns: Readonly<Record<string, KindColumns>> = {
  nodes: {
    before: [column('Status', nodeStatus), column('Roles', nodeRoles)],
    after: [
      column('Version', (node) => textAt(node, 'status', 'nodeInfo', 'kubeletVersion') ?? ''),
      address('InternalIP', 'Internal-IP'),
      address('ExternalIP', 'External-IP'),
      wide(text('OS-Image', 'status', 'nodeInfo', 'osImage')),
      wide(text('Kernel-Version', 'status', 'nodeInfo', 'kernelVersion')),
      wide(text('Container-Runtime', 'status', 'nodeInfo', 'containerRuntimeVersion')),
    ],
  },
  namespaces: { before: [text('Status', 'status', 'phase')] },
  configmaps: { before: [keys('Data', 'data', 'binaryData')] },
  secrets: { before: [column('Type', (secret) => textAt(secret, 'type') ?? ''), keys('Data', 'data')] },
  services: {
    before: [
      text('Type', 'spec', 'type'),
      text('Cluster-IP', 'spec', 'clusterIP'),
      column('External-IP', externalAddress),
      column('Port(s)', servicePorts),
    ],
    after: [
      wide(column('Selector', (service) => selectorText({ matchLabels: objectAt(service, 'spec', 'selector') }))),
    ],
  },
  endpoints: {
    before: [
      column('Endpoints', (object) =>
        firstThree(
          listAt(object, 'subsets').flatMap((subset) =>
            listAt(subset, 'addresses').flatMap((one) => {
              const ports = listAt(subset, 'ports').map((port) => numberAt(port, 'port') ?? 0);
              const ip = textAt(one, 'ip') ?? '';
              return ports.length === 0 ? [ip] : ports.map((port) => `${ip}:${port}`);
            }),
          ),
          '<none>',
        ),
      ),
    ],
  },
  endpointslices: {
    before: [
      text('AddressType', 'addressType'),
      column('Ports', (slice) =>
        firstThree(
          listAt(slice, 'ports').map((port) => String(numberAt(port, 'port') ?? '*')),
          '<unset>',
        ),
      ),
      column('Endpoints', (slice) =>
        firstThree(
          listAt(slice, 'endpoints').flatMap((endpoint) => listAt(endpoint, 'addresses').map(String)),
          '<unset>',
        ),
      ),
    ],
  },
  ingresses: {
    before: [
      text('Class', 'spec', 'ingressClassName'),
      column('Hosts', (ingress) => {
        const hosts = listAt(ingress, 'spec', 'rules').flatMap((rule) => textAt(rule, 'host') || []);
        return firstThree(hosts, '*');
      }),
      column('Address', (ingress) => balancer(ingress).join(',')),
      column('Ports', (ingress) => (listAt(ingress, 'spec', 'tls').length > 0 ? '80, 443' : '80')),
    ],
  },
  ingressclasses: {
    before: [
      text('Controller', 'spec', 'controller'),
      column('Parameters', (object) => {
        const given = objectAt(object, 'spec', 'parameters');
        const group = textAt(given, 'apiGroup');
        return textAt(given, 'kind') === undefined
          ? '<none>'
          : `${textAt(given, 'kind')}${group === undefined ? '' : `.${group}`}/${textAt(given, 'name') ?? ''}`;
      }),
    ],
  },
  networkpolicies: {
    before: [column('Pod-Selector', (policy) => selectorText(valueAt(policy, 'spec', 'podSelector')))],
  },
  leases: { before: [column('Holder', (lease) => textAt(lease, 'spec', 'holderIdentity') ?? '')] },
  resourcequotas: {
    before: [column('Request', (quota) => shares(quota, false)), column('Limit', (quota) => shares(quota, true))],
  },
  priorityclasses: {
    before: [count('Value', 'value'), flag('Global-Default', 'globalDefault')],
    after: [column('PreemptionPolicy', (object) => textAt(object, 'preemptionPolicy') ?? '')],
  },
  runtimeclasses: { before: [text('Handler', 'handler')] },
  apiservices: {
    before: [
      column('Service', (object) => {
        const name = textAt(object, 'spec', 'service', 'name');
        return name === undefined ? 'Local' : `${textAt(object, 'spec', 'service', 'namespace') ?? ''}/${name}`;
      }),
      column('Available', (object) => {
        const found = listAt(object, 'status', 'conditions').find((one) => textAt(one, 'type') === 'Available');
        const status = textAt(found, 'status') ?? 'Unknown';
        return status === 'True' || found === undefined ? status : `${status} (${textAt(found, 'reason') ?? ''})`;
      }),
    ],
  },
  mutatingwebhookconfigurations: { before: [length('Webhooks', 'webhooks')] },
  validatingwebhookconfigurations: { before: [length('Webhooks', 'webhooks')] },
  validatingadmissionpolicies: {
    before: [
      length('Validations', 'spec', 'validations'),
      column('ParamKind', (object) => {
        const kind = textAt(object, 'spec', 'paramKind', 'kind');
        return kind === undefined ? '<unset>' : `${textAt(object, 'spec', 'paramKind', 'apiVersion') ?? ''}/${kind}`;
      }),
    ],
  },
  validatingadmissionpolicybindings: {
    before: [text('PolicyName', 'spec', 'policyName'), unset('ParamRef', 'spec', 'paramRef', 'name')],
  },
  certificatesigningrequests: {
    after: [
      text('SignerName', 'spec', 'signerName'),
      text('Requestor', 'spec', 'username'),
      column('RequestedDuration', (request, now) => {
        const seconds = numberAt(request, 'spec', 'expirationSeconds');
        return seconds === undefined ? '<none>' : age(new Date(now - seconds * 1000).toISOString(), now);
      }),
      column(
        'Condition',
        (request) =>
          [
            ...listAt(request, 'status', 'conditions').map((one) => textAt(one, 'type') ?? ''),
            ...(textAt(request, 'status', 'certificate') ? ['Issued'] : []),
          ].join(',') || 'Pending',
      ),
    ],
  },
};
