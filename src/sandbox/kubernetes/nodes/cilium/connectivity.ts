import type { KubeObject } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { listAt, textAt } from '../fields.ts';
import { addressAt, contains, parseNetwork } from '../networks.ts';
import { NODE_SUBNET } from '../node-lifecycle.ts';
import { podsOn } from '../pod-index.ts';
import { isPodReady } from '../pod-template.ts';
import { agentConfig, ciliumAgentUp, rangeClash } from './agents.ts';

/** The kubernetes service has the first address of the service range. */
export const apiServiceAddress = (cluster: Cluster): string =>
  addressAt(parseNetwork(cluster.spec().serviceCidr)?.base ?? 0, 1);

const hasKubeProxy = (cluster: Cluster, node: string): boolean =>
  podsOn(cluster, node).some((pod) => pod.metadata.labels?.['component'] === 'kube-proxy' && isPodReady(pod));

const replacesKubeProxy = (cluster: Cluster, node: string): boolean =>
  ciliumAgentUp(cluster, node) && agentConfig(cluster, node)['kube-proxy-replacement'] === 'true';

/** Why a pod on this node cannot reach a ClusterIP; undefined where it can. */
export const serviceTrouble = (cluster: Cluster, node: string): string | undefined => {
  const clash = rangeClash(cluster, NODE_SUBNET);
  if (clash !== undefined) return `dial tcp ${apiServiceAddress(cluster)}:443: i/o timeout`;
  if (hasKubeProxy(cluster, node) || replacesKubeProxy(cluster, node)) return undefined;
  // AKS' own plugins come with kube-proxy; without either nobody translates service addresses.
  return `dial tcp ${apiServiceAddress(cluster)}:443: i/o timeout`;
};

const environment = (pod: KubeObject, container: string, name: string): string | undefined => {
  const spec = [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'initContainers')].find(
    (one) => one['name'] === container,
  );
  return textAt(
    listAt(spec, 'env').find((one) => one['name'] === name),
    'value',
  );
};

export interface Endpoint {
  readonly url: string;
  readonly trouble: string | undefined;
  /** How long the client tries before it gives up. */
  readonly afterMs: number;
}

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** Where a container's client-go looks for the API server, and what comes of it on this cluster. */
export const apiServer = (cluster: Cluster, pod: KubeObject, container: string): Endpoint => {
  const { fqdn } = cluster.spec();
  const host = environment(pod, container, 'KUBERNETES_SERVICE_HOST') || apiServiceAddress(cluster);
  const port = environment(pod, container, 'KUBERNETES_SERVICE_PORT') || '443';
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (host.includes(':') || host.includes('/'))
    return { url, trouble: `host must be a URL or a host:port pair: "${url}"`, afterMs: 1_000 };
  const get = (error: string): string => `Get "${url}/api/v1/namespaces/kube-system": ${error}`;
  const slow = (address: string): Endpoint => ({
    url,
    trouble: get(`dial tcp ${address}:${port}: i/o timeout`),
    afterMs: 30_000,
  });
  if (host.toLowerCase() === fqdn.toLowerCase())
    return port === '443' ? { url, trouble: undefined, afterMs: 0 } : slow('20.0.0.4');
  if (!IPV4.test(host))
    return { url, trouble: get(`dial tcp: lookup ${host} on 168.63.129.16:53: no such host`), afterMs: 5_000 };
  const services = parseNetwork(cluster.spec().serviceCidr);
  const isService =
    services !== undefined && contains(services, host) && host === apiServiceAddress(cluster) && port === '443';
  if (isService && serviceTrouble(cluster, textAt(pod, 'spec', 'nodeName') ?? '') === undefined)
    return { url, trouble: undefined, afterMs: 0 };
  return slow(host);
};
