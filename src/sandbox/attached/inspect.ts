import { parse } from 'yaml';
import { CannotServe } from '../cannot-serve.ts';
import { arrayAt, objectAt, textAt } from '../json.ts';
import type { Access } from './access.ts';
import { KubeError, type KubeClient } from './kube-client.ts';
import { cloudOf } from './server-place.ts';

/** What is known of a real cluster before anything is done to it. */
export interface Facts {
  /** Of the namespace kube-system: no two clusters share it. */
  readonly uid: string;
  /** `1.35.4`, without a distribution's addition. */
  readonly version: string;
  /** Host at which the cluster's own nodes reach its API server. */
  readonly host: string;
  readonly nodes: number;
}

export interface Wishes {
  /** The host at which nodes reach the API server, where the cluster does not say it or says it wrongly. */
  readonly kubernetesService: string | undefined;
  /** Whether a cluster in somebody's cloud may be used. */
  readonly remote: boolean;
}

const remoteFlag = '--allow-remote-cluster';

/** DaemonSets of other networks: two CNIs on a node break its pods. */
const otherNetworks = new Set(
  'kindnet calico-node canal kube-flannel kube-flannel-ds weave-net antrea-agent aws-node kube-router azure-cns ovnkube-node'.split(
    ' ',
  ),
);

/**
 * Looks whether a real cluster can stand where AKS would make one of its own: no kube-proxy, no network yet, not in a cloud.
 * @throws CannotServe with the reason and the way out.
 */
export const inspect = async (client: KubeClient, access: Access, wishes: Wishes): Promise<Facts> => {
  const who = `The cluster of context ${access.context} at ${access.server}`;
  try {
    const version = /^v?(\d+\.\d+\.\d+)/u.exec(textAt(await client.get('/version'), 'gitVersion') ?? '')?.[1];
    if (version === undefined) throw new CannotServe(`${who} does not say which Kubernetes it is.`);
    const uid = textAt(await client.get('/api/v1/namespaces/kube-system'), 'metadata', 'uid') ?? '';
    const nodes = arrayAt(await client.get('/api/v1/nodes'), 'items');
    const cloud = nodes.map((node) => cloudOf(textAt(node, 'spec', 'providerID'))).find((name) => name !== undefined);
    if (cloud !== undefined && !wishes.remote) {
      throw new CannotServe(
        `${who} has nodes in ${cloud}. The sandbox installs Cilium and Tetragon into what it is given; if this cluster is meant for that, say so with ${remoteFlag}.`,
      );
    }
    refuseOccupied(arrayAt(await client.get('/apis/apps/v1/daemonsets'), 'items'), nodes, who);
    return { uid, version, nodes: nodes.length, host: wishes.kubernetesService ?? (await hostFor(client, who)) };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    throw new CannotServe(`${who} cannot be used: ${error.message}`, error);
  }
};

const refuseOccupied = (daemonSets: readonly unknown[], nodes: readonly unknown[], who: string): void => {
  const names = daemonSets.map((each) => textAt(each, 'metadata', 'name') ?? '');
  if (names.includes('kube-proxy')) {
    throw new CannotServe(
      `${who} runs kube-proxy, and what that has written on the nodes stays when it is taken away. Make the cluster without it: for kind, networking.kubeProxyMode none (templates/kind.yaml).`,
    );
  }
  const flannel = nodes.some((node) =>
    Object.keys(objectAt(node, 'metadata', 'annotations')).some((name) => name.startsWith('flannel.alpha.coreos.com/')),
  );
  const other = names.find((name) => otherNetworks.has(name)) ?? (flannel ? 'flannel' : undefined);
  if (other !== undefined) {
    throw new CannotServe(
      `${who} has a network of its own already (${other}). Make it without one, as AKS does with networkPlugin none: for kind, networking.disableDefaultCNI (templates/kind.yaml).`,
    );
  }
};

const withoutPort = (endpoint: string): { readonly host: string; readonly port: number } | undefined => {
  const found = /^(.+):(\d+)$/u.exec(endpoint);
  return found === null ? undefined : { host: found[1] ?? '', port: Number(found[2]) };
};

/**
 * Where the cluster's nodes find its API server: kubeadm's name for the control plane where that leads to the port at which the API
 * server listens, else the address under which it stands behind the Service `kubernetes`.
 */
const hostFor = async (client: KubeClient, who: string): Promise<string> => {
  const slices = arrayAt(
    await client.get(
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes',
    ),
    'items',
  );
  const [slice] = slices.filter((each) => arrayAt(each, 'endpoints').length > 0);
  const port = arrayAt(slice, 'ports').find((each) => textAt(each, 'name') === 'https');
  const kubeadm = parse(
    textAt(
      await client.get('/api/v1/namespaces/kube-system/configmaps/kubeadm-config'),
      'data',
      'ClusterConfiguration',
    ) ?? '{}',
  ) as unknown;
  const named = withoutPort(textAt(kubeadm, 'controlPlaneEndpoint') ?? '');
  if (named !== undefined && (slice === undefined || objectAt({ port }, 'port')['port'] === named.port))
    return named.host;
  const address = textAt(slice, 'endpoints', 0, 'addresses', 0);
  if (address !== undefined) return address;
  throw new CannotServe(
    `${who} does not say at which host its nodes reach the API server (Cilium must know, without kube-proxy): name it with --kubernetes-service HOST.`,
  );
};
