import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { agentNotReady } from './aks-nodes.ts';
import type { Api } from './api.ts';
import { ciliumConfig, isCiliumAgent } from './cilium-answers.ts';
import { ciliumEndpoint, ciliumIdentity, ciliumNode, securityLabels, type RawNode } from './cilium-objects.ts';
import { agentUp, cniWritten } from './kwok-config.ts';
import { isPodReady, targetOf, type RawPod } from './pod-answers.ts';

/** The operators of Cilium and Tetragon and Cilium's agents, as far as the API server sees them. */
export interface CniStandIn {
  stop(): Promise<void>;
}

const tickMs = 400;

/**
 * Does what running agents and a running operator would do, and nothing that they would not: the operator, once its
 * Deployment has an available replica, registers `crds` (YAML documents), as does Tetragon's with its own; an agent waits for those, makes its
 * CiliumNode, writes the CNI's configuration and becomes Ready; the operator then takes the taint off; pods on such
 * nodes get an identity and an endpoint.
 */
export const startCniStandIn = (api: Api, crds: { readonly cilium: string; readonly tetragon: string }): CniStandIn => {
  const stopping = new AbortController();
  const done = new Set<string>();
  const identities = new Map<string, number>();
  const registered = new Set<string>();

  /** Once; a refusal is tried again at the next look. */
  const once = async (key: string, path: string, body: object): Promise<boolean> => {
    if (done.has(key)) return true;
    const { status } = await api.ask('POST', path, body);
    if (status === 201 || status === 409) done.add(key);
    return done.has(key);
  };

  const register = async (operator: keyof typeof crds): Promise<void> => {
    if (registered.has(operator)) return;
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const definitions = parseAllDocuments(crds[operator])
      .map((document) => document.toJS() as object | null)
      .filter((definition) => definition !== null);
    const made = await Promise.all(
      definitions.map((definition, index) => once(`${operator} crd ${index}`, path, definition)),
    );
    if (made.every(Boolean)) registered.add(operator);
  };

  const agentOn = async (node: RawNode, pod: RawPod): Promise<void> => {
    if (pod.metadata.annotations?.[agentUp] !== undefined || !reachesApiServer(pod)) return;
    const ordinal = [...done].filter((key) => key.startsWith('node ')).length;
    const pool = (await ciliumConfig(api))['cluster-pool-ipv4-cidr'] ?? '10.0.0.0/8';
    const own = ciliumNode(node, pool, done.has(`node ${node.metadata.uid}`) ? 0 : ordinal);
    if (!(await once(`node ${node.metadata.uid}`, '/apis/cilium.io/v2/ciliumnodes', own))) return;
    await annotate(api, `/api/v1/nodes/${node.metadata.name}`, cniWritten);
    await annotate(api, `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`, agentUp);
  };

  const endpointOf = async (pod: RawPod, config: Readonly<Record<string, string>>): Promise<void> => {
    const key = `endpoint ${pod.metadata.uid}`;
    if (done.has(key)) return;
    const labels = securityLabels(pod, config['cluster-name'] ?? 'default');
    const text = JSON.stringify(labels);
    const identity = identities.get(text) ?? 4096 + identities.size;
    identities.set(text, identity);
    await once(`identity ${identity}`, '/apis/cilium.io/v2/ciliumidentities', ciliumIdentity(identity, labels));
    const path = `/apis/cilium.io/v2/namespaces/${pod.metadata.namespace}/ciliumendpoints`;
    await once(key, path, ciliumEndpoint(pod, identity, labels));
  };

  const look = async (): Promise<void> => {
    const operates = await isAvailable(api, 'cilium-operator');
    if (operates) await register('cilium');
    if (await isAvailable(api, 'tetragon-operator')) await register('tetragon');
    if (!registered.has('cilium')) return;
    const [{ items: nodes }, { items: pods }] = await Promise.all([
      api.json<{ items: readonly RawNode[] }>('GET', '/api/v1/nodes'),
      api.json<{ items: readonly RawPod[] }>('GET', '/api/v1/pods'),
    ]);
    const agents = pods.filter((pod) => isCiliumAgent(targetOf(pod)) && pod.status.phase === 'Running');
    const managed = new Set(agents.filter(isPodReady).map(({ spec }) => spec.nodeName));
    for (const node of nodes) {
      const agent = agents.find(({ spec }) => spec.nodeName === node.metadata.name);
      if (agent !== undefined) await agentOn(node, agent);
      if (operates && managed.has(node.metadata.name)) await untaint(api, node);
    }
    const config = await ciliumConfig(api);
    for (const pod of pods) if (hasEndpoint(pod) && managed.has(pod.spec.nodeName)) await endpointOf(pod, config);
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // A look that fails, fails because something changed under it: the next sees it.
      await look().catch(() => {});
      await sleep(tickMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
};

const isAvailable = async (api: Api, deployment: string): Promise<boolean> => {
  const answer = await api.ask('GET', `/apis/apps/v1/namespaces/kube-system/deployments/${deployment}`);
  if (answer.status !== 200) return false;
  return ((JSON.parse(answer.body) as { status?: { availableReplicas?: number } }).status?.availableReplicas ?? 0) > 0;
};

const annotate = (api: Api, path: string, annotation: string): Promise<unknown> =>
  api.json('PATCH', path, { metadata: { annotations: { [annotation]: 'true' } } });

const untaint = async (api: Api, { metadata, spec }: RawNode): Promise<void> => {
  const left = spec.taints?.filter(({ key }) => key !== agentNotReady.key);
  if (left === undefined || left.length === spec.taints?.length) return;
  // With its version: whoever tainted the node meanwhile must not lose that.
  const { name, resourceVersion } = metadata;
  await api.json('PATCH', `/api/v1/nodes/${name}`, { metadata: { resourceVersion }, spec: { taints: left } });
};

const hasEndpoint = ({ metadata, spec, status }: RawPod): boolean =>
  spec.hostNetwork !== true &&
  status.phase === 'Running' &&
  status.podIP !== undefined &&
  metadata.deletionTimestamp === undefined;

/** client-go joins host and port itself: a scheme or a port in the host makes an address that leads nowhere. */
const reachesApiServer = ({ spec }: RawPod): boolean =>
  spec.containers
    .flatMap(({ env }) => env ?? [])
    .filter(({ name }) => name === 'KUBERNETES_SERVICE_HOST')
    .every(({ value }) => /^[\w.-]+$/.test(value ?? ''));
