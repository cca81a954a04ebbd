import type { ClusterHost, ClusterSpec } from '../kubernetes/host.ts';
import { arrayAt } from '../json.ts';
import type { Access } from './access.ts';
import type { Facts } from './inspect.ts';
import { KubeError, type KubeClient } from './kube-client.ts';
import { attachedKubeconfig } from './kubeconfig.ts';
import { assign, isMarked, nodePatch, readNode } from './pool-nodes.ts';

export interface AttachedHostOptions {
  readonly client: KubeClient;
  readonly access: Access;
  readonly facts: Facts;
  /** What could not be told to any client goes here. */
  readonly onError: (error: unknown) => void;
}

export interface AttachedHost extends ClusterHost {
  /** ARM id of the managed cluster that stands for the real one. */
  clusterId(): string | undefined;
}

const attempts = 5;
const conflict = 409;

/** One cluster that the sandbox did not make, in the place of those that it would run itself; see ClusterHost. */
export const createAttachedHost = ({ client, access, facts, onError }: AttachedHostOptions): AttachedHost => {
  let current: ClusterSpec | undefined;

  const nodes = async (): Promise<readonly unknown[]> => arrayAt(await client.get('/api/v1/nodes'), 'items');

  /** Looks again where somebody else changed a node meanwhile. */
  const settle = async (spec: ClusterSpec, wanted: boolean): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const objects = (await nodes()).filter((object) => wanted || isMarked(object));
      const seen = objects.map(readNode);
      const pools = wanted ? assign(seen, spec.pools) : new Map();
      try {
        for (const node of seen) {
          const patch = nodePatch(node, spec, pools.get(node.name));
          if (patch !== undefined) await client.mergePatch(`/api/v1/nodes/${node.name}`, patch);
        }
        return;
      } catch (error) {
        if (!(error instanceof KubeError) || error.status !== conflict || attempt === attempts) throw error;
      }
    }
  };

  return {
    clusterId: () => current?.id,
    real: () => ({ host: facts.host, kubernetesVersion: facts.version, nodes: facts.nodes }),
    async ensure(spec) {
      if (current !== undefined && current.id.toLowerCase() !== spec.id.toLowerCase())
        throw new Error(`The real cluster stands for ${current.id} already.`);
      await client.get('/version');
      await settle(spec, true);
      current = spec;
    },
    kubeconfig(id, user) {
      if (current?.id.toLowerCase() !== id.toLowerCase())
        throw new Error(`There is no cluster ${id} here: call ensure() with its spec first.`);
      return attachedKubeconfig(access, current, user);
    },
    async remove(id) {
      if (current !== undefined && current.id.toLowerCase() !== id.toLowerCase()) return;
      const spec = current ?? { ...nobody, id };
      current = undefined;
      // ARM's side is over whether or not the real cluster still stands: whoever deleted it first did no harm.
      await settle(spec, false).catch(onError);
    },
    async close() {
      client.close();
    },
  };
};

const nobody: Omit<ClusterSpec, 'id'> = {
  name: '',
  location: '',
  fqdn: '',
  kubernetesVersion: '',
  networkPlugin: 'none',
  podCidr: undefined,
  serviceCidr: '',
  dnsServiceIP: '',
  kubeProxy: false,
  logAnalyticsWorkspaceId: undefined,
  localAccounts: true,
  pools: [],
};
