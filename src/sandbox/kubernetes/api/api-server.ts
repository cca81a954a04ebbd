import { randomBytes } from 'node:crypto';
import type { SandboxClock } from '../../clock.ts';
import { issueLeaf, type KeyPair } from '../../server/certificates.ts';
import type { MeetKill } from '../../server/kill-point.ts';
import type { Kubelet } from '../agents.ts';
import type { ObjectStore } from '../objects.ts';
import type { Troubles } from '../troubles.ts';
import type { Catalog } from './catalog.ts';
import { startApiControllers } from './controllers.ts';
import { startGarbageCollector } from './garbage.ts';
import { createHistory, startCompaction } from './history.ts';
import { createIdentities } from './identity.ts';
import { execUpgrade } from './pod-exec.ts';
import type { FaultOf } from './request-fault.ts';
import type { UserInfo } from './request.ts';
import { route } from './router.ts';
import { listen, type LoggedRequest } from './server.ts';
import { storeOfViews } from './views.ts';
import type { StoreOf } from '../tracked-store.ts';
import { special, type SpecialContext } from './special.ts';

export interface ApiServerOptions {
  readonly store: ObjectStore;
  /** What is served, alive; whoever made it closes it. */
  readonly catalog: Catalog;
  readonly storeOf: StoreOf;
  readonly clock: SandboxClock;
  readonly authority: KeyPair;
  /** Host name that its certificate is for, beside 127.0.0.1 and the names inside the cluster. */
  readonly fqdn: string;
  readonly serviceAddress: string;
  readonly port: number;
  /** Asked at each use: a cluster's version and ranges can change while it runs. */
  readonly kubernetesVersion: () => string;
  readonly serviceCidr: () => string;
  readonly tokens: ReadonlyMap<string, UserInfo>;
  /** Whether those tokens, and the client certificates that stand beside them, let anybody in. */
  readonly localAccounts: () => boolean;
  /** Who a token is by another authority than this cluster. */
  readonly elsewhere: (token: string) => UserInfo | undefined;
  readonly kubelet: () => Kubelet;
  readonly log: (entry: LoggedRequest) => void;
  readonly fault: FaultOf;
  readonly meet: MeetKill;
  readonly troubles: Troubles;
}

export interface ApiServer {
  readonly port: number;
  /** Forgets now what compaction would forget in some minutes. */
  compact(): void;
  close(): Promise<void>;
}

/** Serves one cluster's objects over HTTPS until it is closed. */
export const startApiServer = async (options: ApiServerOptions): Promise<ApiServer> => {
  const { catalog, storeOf, clock, authority, tokens } = options;
  const store = storeOfViews(options.store);
  const controllers = storeOf('kube-controller-manager');
  const history = createHistory(store, catalog.all());
  const stopCompaction = startCompaction(history, store, clock);
  const stopGarbageCollector = startGarbageCollector({ store: controllers, catalog, clock });
  const stopControllers = startApiControllers({
    store: controllers,
    server: storeOf('kube-apiserver'),
    catalog,
    clock,
    ca: authority.certificate,
  });
  const identities = createIdentities({
    store,
    secret: authority.key,
    tokens,
    localAccounts: options.localAccounts,
    elsewhere: options.elsewhere,
    issuer: `https://${options.fqdn}`,
    now: () => clock.now(),
  });
  const context: SpecialContext = { store, catalog, clock, identities, kubelet: options.kubelet };
  let port = options.port;
  const listener = await listen({
    authority,
    certificate: await issueLeaf(
      authority,
      {
        commonName: 'apiserver',
        dnsNames: [
          options.fqdn,
          'localhost',
          'kubernetes',
          'kubernetes.default',
          'kubernetes.default.svc',
          'kubernetes.default.svc.cluster.local',
        ],
        ipAddresses: ['127.0.0.1', options.serviceAddress],
        usage: 'server',
      },
      clock.now(),
    ),
    port,
    identities,
    now: () => clock.now(),
    log: options.log,
    fault: options.fault,
    meet: options.meet,
    troubles: options.troubles,
    handle: (request) =>
      route(
        {
          store,
          catalog,
          clock,
          history,
          serviceCidr: options.serviceCidr,
          kubernetesVersion: options.kubernetesVersion,
          address: () => `127.0.0.1:${port}`,
          special: (asked, target) => special(context, asked, target),
        },
        request,
      ),
    upgrade: (request, raw, socket, head) => execUpgrade(context, request, raw, socket, head),
  });
  port = listener.port;
  return {
    port,
    compact: () => history.compact(store.version()),
    async close() {
      await listener.close();
      stopCompaction();
      stopControllers();
      stopGarbageCollector();
      history.close();
    },
  };
};

/** A bearer token in the form AKS gives local accounts: 128 hex characters. */
export const newToken = (): string => randomBytes(64).toString('hex');
