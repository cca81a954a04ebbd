import { appendFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createArm } from './arm/arm.ts';
import { reviveClusters } from './arm/clusters/lifecycle.ts';
import { attachCluster } from './attached/attached-cluster.ts';
import type { AttachRequest } from './attached/attachment.ts';
import type { SandboxClock } from './clock.ts';
import { createCloud } from './cloud.ts';
import { clusterFaults } from './cluster-faults.ts';
import { clusterTroubles } from './cluster-troubles.ts';
import { createControl } from './control/control.ts';
import { systemProcesses } from './control/kill-processes.ts';
import { createKills } from './control/kills.ts';
import { audiencesOf, privateEndpoints, publicEndpoints, publicHosts } from './endpoints.ts';
import { entraUser } from './entra/entra-user.ts';
import { setTypedFaults } from './control/set-fault.ts';
import { ended } from './ended.ts';
import { createFaults } from './faults.ts';
import { sandboxIdentity } from './identity.ts';
import { createClusterHost } from './kubernetes/cluster-host.ts';
import type { ClusterHost } from './kubernetes/host.ts';
import { startNodes } from './kubernetes/nodes/start-nodes.ts';
import { acquireLock } from './lock.ts';
import { serveMetadata } from './entra/metadata-service.ts';
import { openLogStore } from './logs/log-store.ts';
import { createLogs } from './logs/logs.ts';
import { listenAgain } from './ports.ts';
import { writeProfile } from './profile.ts';
import { createPrincipals } from './entra/principals.ts';
import { removePublished, writePublished } from './published.ts';
import type { Published } from './published.ts';
import { defaultCacheDir, serveRegistry } from './registry-listener.ts';
import { serverIdentity } from './server/certificates.ts';
import { privateFolder } from './server/private-file.ts';
import { openRequestLog } from './server/request-log.ts';
import { openStore } from './store.ts';
import { createTasks } from './tasks.ts';
import { createTokens } from './entra/tokens.ts';
import { createWorkspaceQueries } from './logs/workspace-query.ts';

export interface ServeOptions {
  /** The sandbox directory: everything it remembers is in it. */
  readonly dir: string;
  /** ARM's port; authority, logs and control take the next three. Without it each takes the one it had, or a free one. */
  readonly port?: number | undefined;
  /** Stands in the public cloud's place: ARM, authority and logs on port 443, under the public cloud's host names. */
  readonly asAzure?: boolean;
  /** The machine has a managed identity, with a metadata service that gives tokens to whoever asks on this machine. */
  readonly managedIdentity?: boolean;
  /** Folder with the real charts. */
  readonly charts?: string | undefined;
  /** Where charts are cached; by default the user's cache folder of this tool. */
  readonly cacheDir?: string | undefined;
  readonly clock: SandboxClock;
  /** Faults that are there from the start: `NAME` or `NAME:key=value,key=value`. */
  readonly faults?: readonly string[];
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Milliseconds without a request after which it ends by itself; 0 is never. */
  readonly idleMs?: number;
  /** A real cluster in place of the sandbox's own Kubernetes; a folder that once had one keeps it. */
  readonly attach?: AttachRequest | undefined;
  /** In place of the sandbox's own Kubernetes. */
  readonly clusterHost?: ClusterHost;
}

export interface Served {
  /** The cloud profile, as it stands in `profile.json`. */
  readonly profile: unknown;
  readonly published: Published;
  /** Settled when everything is closed. */
  readonly closed: Promise<void>;
}

const halfAnHour = 30 * 60_000;
const httpsPort = 443;
const managedClusters = 'Microsoft.ContainerService/managedClusters';
/** What a reset does not forget: who one is, and the addresses and keys in others' hands. */
const keptByReset = ['identity', 'token-key', 'port', 'operation-key', 'task-counter', 'principal'];

/** Runs the sandbox of a directory in this process: Azure, its clusters, its chart registry, its control API. */
export const serve = async (options: ServeOptions): Promise<Served> => {
  const { dir, clock } = options;
  privateFolder(dir);
  const unlock = acquireLock(dir);
  // What a killed predecessor had published is not true any more.
  removePublished(dir);
  const opened: (() => Promise<void> | void)[] = [unlock];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    return await run(options);
  } catch (error) {
    // A listener left open would keep a process alive that serves nothing.
    await closeAll();
    throw error;
  }
  function complain(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    appendFileSync(join(dir, 'errors.log'), `${new Date(clock.now()).toISOString()} ${text}\n`, { mode: 0o600 });
  }
  async function run({ signal, port, asAzure = false }: ServeOptions): Promise<Served> {
    const store = openStore(join(dir, 'state.ndjson'));
    opened.push(() => store.close());
    const log = openRequestLog(join(dir, 'requests.ndjson'), clock);
    const identity = sandboxIdentity(store);
    const principals = createPrincipals(store, identity);
    const tokens = createTokens(store, clock, identity);
    const faults = createFaults(store, clock);
    const tasks = createTasks(store, clock, complain);
    const kills = createKills(systemProcesses, () => clock.now());
    const managed = store.collection<{ type: string; name: string }>('resource').values();
    const attached = await attachCluster({
      dir,
      request: options.attach,
      clusters: managed.filter(({ type }) => type === managedClusters).map(({ name }) => name),
      onError: complain,
    });
    const clusterHost =
      attached?.host ??
      options.clusterHost ??
      createClusterHost({
        dir: join(dir, 'clusters'),
        clock,
        log: (entry) => log.add({ service: 'kubernetes', ...entry }),
        startNodes,
        fault: clusterFaults(faults),
        meet: kills.meet,
        troubles: clusterTroubles(faults),
        entra: (token, spec) => entraUser(token, spec, arm.arm),
      });
    opened.push(() => clusterHost.close());
    const { caFile, server } = await serverIdentity(dir, asAzure ? publicHosts : [], clock.now());
    let endpoints = asAzure ? publicEndpoints : privateEndpoints({ arm: '', authority: '', logs: '' });
    const arm = createArm({
      store,
      clock,
      tasks,
      faults,
      identity,
      principals,
      tokens,
      clusterHost,
      endpoints: () => endpoints,
      onError: complain,
      complaint: (workspace, query) => queries.complaint(workspace, query),
    });
    setTypedFaults(options.faults ?? [], arm.arm);
    const logStore = openLogStore(join(dir, 'logs'), () => clock.now());
    const queries = createWorkspaceQueries(arm.arm, logStore);
    attached?.startLogs(arm.arm, logStore);
    const audiences = (): readonly string[] => audiencesOf(endpoints);
    const authority = { identity, principals, tokens, faults, clock, audiences };
    const metadata = options.managedIdentity === true ? await serveMetadata({ ...authority, log }) : undefined;
    if (metadata !== undefined) opened.push(() => metadata.close());
    const logs = createLogs(arm.arm, queries.run);
    const cloud = createCloud({ arm, authority, logs, log, meet: kills.meet });
    const stop = new AbortController();
    const control = createControl({
      service: arm,
      log,
      token: identity.controlToken,
      kills,
      status: () => ({ pid: process.pid, speed: clock.speed, dir, ...attached?.status() }),
      reset: async () => {
        tasks.cancel(() => true);
        for (const record of arm.arm.resources.ofType(managedClusters)) await clusterHost.remove(record.id);
        store.clear(keptByReset);
        log.clear();
        logStore.clear();
      },
      shutdown: () => stop.abort(),
    });
    const at = async (name: string, asked: number | undefined, handler: typeof cloud) => {
      const listener = await listenAgain({ name, store, asked, identity: server, handler, onCrash: complain });
      opened.push(() => listener.close());
      return listener;
    };
    const near = (offset: number): number | undefined => (port === undefined ? undefined : port + offset);
    if (asAzure) await at('public', httpsPort, cloud);
    else {
      const [own, sign, query] = [
        await at('arm', near(0), cloud),
        await at('authority', near(1), cloud),
        await at('logs', near(2), cloud),
      ];
      endpoints = privateEndpoints({ arm: own.origin, authority: sign.origin, logs: query.origin });
    }
    const { origin: controlOrigin } = await at('control', near(3), control);
    const registry = await serveRegistry({
      charts: options.charts,
      cacheDir: options.cacheDir ?? defaultCacheDir(process.env, homedir()),
      identity: server,
      store,
      log,
      meet: kills.meet,
      realOnly: attached !== undefined,
    });
    opened.push(() => registry.close());
    await reviveClusters(arm.arm);
    await tasks.settle();
    const { clientSecret, controlToken, tenantId, clientId, subscriptionId } = identity;
    const published = {
      arm: endpoints.arm,
      authority: endpoints.authority,
      logs: endpoints.logs,
      control: controlOrigin,
      controlToken,
      caFile,
      tenantId,
      clientId,
      clientSecret,
      subscriptionId,
      pid: process.pid,
      ...(metadata === undefined ? {} : { metadata: metadata.origin }),
      ...attached?.published,
    };
    const profile = writeProfile(dir, published, identity, registry, clock.speed);
    writePublished(dir, published);
    const closed = ended([signal, stop.signal], () => log.lastAt(), clock, options.idleMs ?? halfAnHour).then(
      async () => {
        removePublished(dir);
        tasks.close();
        await closeAll();
      },
    );
    return { profile, published, closed };
  }
};
