import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxClock } from '../clock.ts';
import type { Kubelet } from './agents.ts';
import { newToken, startApiServer, type ApiServer } from './api/api-server.ts';
import { createCatalog, type Catalog } from './api/catalog.ts';
import { leaveReleases } from './abandoned-release.ts';
import type { FaultOf } from './api/request-fault.ts';
import type { UserInfo } from './api/request.ts';
import type { LoggedRequest } from './api/server.ts';
import { loadBuiltinShapes } from './api/shape-builtin.ts';
import type { MeetKill } from '../server/kill-point.ts';
import { loadState, saveState, type ClusterState } from './cluster-state.ts';
import type { ClusterHost, ClusterSpec } from './host.ts';
import { kubeconfigText } from './kubeconfig.ts';
import type { ObjectStore } from './objects.ts';
import { firstAddress } from './seed/kubernetes-objects.ts';
import { seedCluster } from './seed/seed-cluster.ts';
import { createObjectStore, type DurableObjectStore } from './store.ts';
import { trackWrites, type StoreOf } from './tracked-store.ts';
import { noTroubles, type Troubles } from './troubles.ts';

/** The node side of a cluster: nodes, controllers, kubelet. */
export interface NodeSide {
  readonly kubelet: Kubelet;
  update(spec: ClusterSpec): void;
  close(): void;
}

export interface ClusterHostOptions {
  /** Holds one folder a cluster. */
  readonly dir: string;
  readonly clock: SandboxClock;
  /** Called for each request that an API server answered. */
  readonly log: (entry: LoggedRequest) => void;
  /** What is to happen to a request in place of its answer, or after it. */
  readonly fault?: FaultOf;
  /** At which requests the client is killed. */
  readonly meet?: MeetKill;
  /** What is wrong in every cluster. */
  readonly troubles?: Troubles;
  /** Who a token of Entra ID is to a cluster; nobody where there is no Entra ID. */
  readonly entra?: (token: string, spec: ClusterSpec) => UserInfo | undefined;
  readonly startNodes: (options: {
    readonly store: ObjectStore;
    readonly spec: ClusterSpec;
    readonly clock: SandboxClock;
    readonly dir: string;
    readonly storeOf: StoreOf;
    readonly troubles: Troubles;
  }) => NodeSide;
}

interface Running {
  spec: ClusterSpec;
  readonly dir: string;
  readonly state: ClusterState;
  readonly store: DurableObjectStore;
  readonly nodes: NodeSide;
  readonly server: ApiServer;
  readonly catalog: Catalog;
  /** Ends the watch for releases that are to be found half written. */
  readonly forgetReleases: () => void;
}

const keyOf = (id: string): string => id.toLowerCase();
const masters = (username: string): UserInfo => ({ username, groups: ['system:masters', 'system:authenticated'] });

/** Runs one Kubernetes for each cluster that ARM's side knows; see ClusterHost. */
export const createClusterHost = (options: ClusterHostOptions): ClusterHost => {
  const { clock, log, startNodes, troubles = noTroubles } = options;
  const clusters = new Map<string, Promise<Running>>();
  const running = new Map<string, Running>();
  const own = newToken();
  const dirOf = (id: string): string =>
    join(options.dir, createHash('sha256').update(keyOf(id)).digest('hex').slice(0, 16));

  const start = async (spec: ClusterSpec): Promise<Running> => {
    const dir = dirOf(spec.id);
    const state = await loadState(dir, clock.now());
    const store = createObjectStore({ file: join(dir, 'objects.ndjson'), clock });
    seedCluster(store, spec);
    const catalog = createCatalog(store, await loadBuiltinShapes());
    const storeOf = trackWrites(store, catalog, clock);
    const nodes = startNodes({ store, spec, clock, dir, storeOf, troubles });
    const current = (): ClusterSpec => running.get(keyOf(spec.id))?.spec ?? spec;
    const server = await startApiServer({
      store,
      catalog,
      storeOf,
      clock,
      authority: state.authority,
      fqdn: spec.fqdn,
      serviceAddress: firstAddress(spec.serviceCidr),
      port: state.port,
      kubernetesVersion: () => current().kubernetesVersion,
      serviceCidr: () => current().serviceCidr,
      tokens: new Map([
        [state.tokens.clusterUser, masters('clusterUser')],
        [state.tokens.clusterAdmin, masters('masterclient')],
      ]),
      localAccounts: () => current().localAccounts,
      elsewhere: (token) => (token === own ? masters('sandbox') : options.entra?.(token, current())),
      kubelet: () => nodes.kubelet,
      log,
      fault: options.fault ?? (() => undefined),
      meet: options.meet ?? (() => undefined),
      troubles,
    });
    if (server.port !== state.port) saveState(dir, { ...state, port: server.port });
    const forgetReleases = leaveReleases(store, clock, troubles);
    const made: Running = { spec, dir, state, store, nodes, server, catalog, forgetReleases };
    running.set(keyOf(spec.id), made);
    return made;
  };

  const kubeconfigOf = (
    id: string,
    user: 'clusterUser' | 'clusterAdmin',
    token: (cluster: Running) => string,
  ): string => {
    const cluster = running.get(keyOf(id));
    if (cluster === undefined) throw new Error(`There is no cluster ${id} here: call ensure() with its spec first.`);
    const { spec, state, server } = cluster;
    const { authority, client } = state;
    return kubeconfigText({ spec, port: server.port, ca: authority.certificate, client, token: token(cluster), user });
  };

  const stop = async (cluster: Running): Promise<void> => {
    cluster.forgetReleases();
    await cluster.server.close();
    cluster.nodes.close();
    cluster.catalog.close();
    cluster.store.close();
  };

  return {
    async ensure(spec) {
      const key = keyOf(spec.id);
      const known = clusters.get(key);
      if (known === undefined) {
        const starting = start(spec);
        clusters.set(key, starting);
        try {
          await starting;
        } catch (error) {
          clusters.delete(key);
          throw error;
        }
        return;
      }
      const cluster = await known;
      cluster.spec = spec;
      seedCluster(cluster.store, spec);
      cluster.nodes.update(spec);
    },
    kubeconfig: (id, user) => kubeconfigOf(id, user, ({ state }) => state.tokens[user]),
    ownKubeconfig: (id) => kubeconfigOf(id, 'clusterAdmin', () => own),
    compact: (id) => running.get(keyOf(id))?.server.compact(),
    async remove(id) {
      const key = keyOf(id);
      const cluster = await clusters.get(key);
      clusters.delete(key);
      running.delete(key);
      if (cluster !== undefined) await stop(cluster);
      rmSync(dirOf(id), { recursive: true, force: true });
    },
    async close() {
      const all = await Promise.all(clusters.values());
      clusters.clear();
      running.clear();
      await Promise.all(all.map(stop));
    },
  };
};
