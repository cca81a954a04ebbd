import type { ExecResult } from '../../agents.ts';
import type { KubeObject } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { type Fields, at, listAt, numberAt, textAt } from '../fields.ts';
import { ENDPOINT_SLICES, SERVICES } from '../resources.ts';
import { AGENT, isContainerReady } from './agents.ts';
import { type AgentView, agentView } from './agent-view.ts';
import { endpointId, identityOf, securityLabels } from './endpoints.ts';
import { AGENT_VERSION, statusResponse } from './status-response.ts';
import { statusText } from './status-text.ts';

const say = (stdout: string): ExecResult => ({ stdout: `${stdout}\n`, stderr: '', exitCode: 0 });
const json = (value: unknown): ExecResult => say(JSON.stringify(value, undefined, 2));
const fail = (stderr: string, exitCode = 1): ExecResult => ({ stdout: '', stderr: `${stderr}\n`, exitCode });

const endpoints = (view: AgentView): readonly Fields[] => [
  reserved(view, 4, 'reserved:health', view.healthAddress),
  reserved(view, 1, 'reserved:host', undefined),
  ...view.pods.map((pod) => ({
    id: endpointId(pod),
    spec: { 'label-configuration': {}, options: {} },
    status: {
      'external-identifiers': {
        'cni-attachment-id': `${pod.metadata.uid ?? ''}:eth0`,
        'k8s-namespace': pod.metadata.namespace ?? 'default',
        'k8s-pod-name': pod.metadata.name,
        'pod-name': `${pod.metadata.namespace ?? 'default'}/${pod.metadata.name}`,
      },
      health: { bpf: 'OK', connected: true, overallHealth: 'OK', policy: 'OK' },
      identity: {
        id: identityOf(view.cluster, pod) ?? 0,
        labels: Object.entries(securityLabels(view.cluster, pod)).map(([key, value]) => `${key}=${value}`),
      },
      networking: {
        addressing: [{ ipv4: textAt(pod, 'status', 'podIP') ?? '', 'ipv4-pool-name': 'default' }],
        'host-mac': '',
        mac: '',
      },
      state: 'ready',
    },
  })),
];

const reserved = (view: AgentView, identity: number, label: string, address: string | undefined): Fields => ({
  id: identity === 1 ? 1 : 2000 + identity,
  spec: { 'label-configuration': {}, options: {} },
  status: {
    'external-identifiers': {},
    health: { bpf: 'OK', connected: view.trouble === undefined || identity === 1, overallHealth: 'OK', policy: 'OK' },
    identity: { id: identity, labels: [label] },
    networking: { addressing: address === undefined ? [{}] : [{ ipv4: address, 'ipv4-pool-name': 'default' }] },
    state: 'ready',
  },
});

const services = (view: AgentView): readonly Fields[] => {
  const { store } = view.cluster;
  if (view.config['kube-proxy-replacement'] !== 'true') return [];
  let id = 0;
  return store.list(SERVICES).flatMap((service) => {
    const ip = textAt(service, 'spec', 'clusterIP');
    if (ip === undefined || ip === 'None') return [];
    const slices = store
      .list(ENDPOINT_SLICES, service.metadata.namespace)
      .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name);
    return listAt(service, 'spec', 'ports').map((port, index) => {
      const backends = slices.flatMap((slice) => {
        const target = numberAt(listAt(slice, 'ports')[index], 'port') ?? numberAt(port, 'port') ?? 0;
        return listAt(slice, 'endpoints')
          .filter((one) => at(one, 'conditions', 'ready') === true)
          .flatMap((one) => (at(one, 'addresses') as readonly string[] | undefined) ?? [])
          .map((address) => ({ ip: address, port: target, state: 'active' }));
      });
      const frontend = {
        ip,
        port: numberAt(port, 'port') ?? 0,
        protocol: textAt(port, 'protocol') ?? 'TCP',
        scope: 'external',
      };
      const spec = {
        'backend-addresses': backends,
        flags: {
          name: service.metadata.name,
          namespace: service.metadata.namespace ?? 'default',
          trafficPolicy: 'Cluster',
          type: 'ClusterIP',
        },
        'frontend-address': frontend,
      };
      id += 1;
      return { spec: { ...spec, id }, status: { realized: { ...spec, id } } };
    });
  });
};

/** An option's value in any of its spellings. */
const output = (words: readonly string[]): string | undefined => {
  const index = words.findIndex((word) => word === '-o' || word === '--output');
  return index >= 0
    ? words[index + 1]
    : words.find((word) => /^(-o=?|--output=)/.test(word))?.replace(/^(-o=?|--output=)/, '');
};

const agentDown = (subject: string): ExecResult => {
  const [what, path] = subject === 'status' ? ['agent status', 'healthz'] : [`${subject} list`, subject];
  return fail(
    `Error: Cannot get ${what}: Get "http://localhost/v1/${path}": dial unix /var/run/cilium/cilium.sock: connect: no such file or directory\nIs the agent running?`,
  );
};

const answer = (view: AgentView, words: readonly string[]): ExecResult => {
  const plain = words.filter((word) => !word.startsWith('-'));
  const [first = '', second = ''] = plain;
  const format = output(words);
  if (first === 'version')
    return say(
      `Client: ${AGENT_VERSION} go version go1.25.0 linux/amd64\nDaemon: ${AGENT_VERSION} go version go1.25.0 linux/amd64`,
    );
  if (first === 'status')
    return format === 'json'
      ? json(statusResponse(view))
      : words.includes('--brief')
        ? brief(view)
        : say(statusText(view));
  if (first === 'endpoint' && second === 'list')
    return format === 'json' ? json(endpoints(view)) : say(endpointTable(view));
  if (first === 'service' && second === 'list')
    return format === 'json' ? json(services(view)) : say(serviceTable(view));
  if (first === 'config')
    return say(
      Object.entries(view.config)
        .map(([key, value]) => `${key.padEnd(45)} : ${value}`)
        .join('\n'),
    );
  return fail(`Error: unknown command "${first}" for "cilium-dbg"\nRun 'cilium-dbg --help' for usage.`);
};

const brief = (view: AgentView): ExecResult =>
  view.trouble === undefined ? say('OK') : fail(`cilium: Health endpoint of this node is not reachable`);

const endpointTable = (view: AgentView): string =>
  [
    'ENDPOINT   POLICY (ingress)   POLICY (egress)   IDENTITY   LABELS (source:key[=value])   IPv4   STATUS',
    ...view.pods.map(
      (pod) =>
        `${endpointId(pod)}   Disabled   Disabled   ${identityOf(view.cluster, pod) ?? 0}   k8s:io.kubernetes.pod.namespace=${pod.metadata.namespace ?? 'default'}   ${textAt(pod, 'status', 'podIP') ?? ''}   ready`,
    ),
  ].join('\n');

const serviceTable = (view: AgentView): string =>
  [
    'ID   Frontend   Service Type   Backend',
    ...services(view).map((one) => {
      const backends = listAt(one, 'spec', 'backend-addresses').map(
        (each) => `${textAt(each, 'ip')}:${numberAt(each, 'port')}/TCP (active)`,
      );
      return `${numberAt(one, 'spec', 'id')}   ${textAt(one, 'spec', 'frontend-address', 'ip')}:${numberAt(one, 'spec', 'frontend-address', 'port')}/TCP   ClusterIP   ${backends.join(' ')}`;
    }),
  ].join('\n');

/** `cilium` in the agent's image is a link to `cilium-dbg`. */
export const execInCilium = (cluster: Cluster, pod: KubeObject, command: readonly string[]): ExecResult | undefined => {
  const [program = '', ...words] = command;
  if (!/^(\/usr\/bin\/)?cilium(-dbg)?$/.test(program)) return undefined;
  const first = words.find((word) => !word.startsWith('-')) ?? '';
  if (first !== 'version' && !isContainerReady(pod, AGENT)) return agentDown(first);
  return answer(agentView(cluster, pod), words);
};
