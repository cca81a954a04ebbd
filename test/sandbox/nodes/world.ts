import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ExecResult } from '../../../src/sandbox/kubernetes/agents.ts';
import type { ClusterSpec, PoolSpec } from '../../../src/sandbox/kubernetes/host.ts';
import { listAt, textAt } from '../../../src/sandbox/kubernetes/nodes/fields.ts';
import { type Nodes, startNodes } from '../../../src/sandbox/kubernetes/nodes/start-nodes.ts';
import { CONFIG_MAPS, EVENTS, NODES, PODS } from '../../../src/sandbox/kubernetes/nodes/resources.ts';
import type { KubeObject, ObjectStore, Resource } from '../../../src/sandbox/kubernetes/objects.ts';
import { seedCluster } from '../../../src/sandbox/kubernetes/seed/seed-cluster.ts';
import { createObjectStore } from '../../../src/sandbox/kubernetes/store.ts';
import { type FakeClock, createFakeClock } from './fake-clock.ts';

export const pool = (name: string, change: Partial<PoolSpec> = {}): PoolSpec => ({
  name,
  mode: 'User',
  count: 2,
  vmSize: 'Standard_D4s_v5',
  osSku: 'Ubuntu',
  taints: [],
  labels: {},
  ...change,
});

export const systemPool = (change: Partial<PoolSpec> = {}): PoolSpec =>
  pool('system', { mode: 'System', taints: ['CriticalAddonsOnly=true:NoSchedule'], ...change });

export const FQDN = 'lab-1a2b3c4d.hcp.uksouth.azmk8s.io';

export const clusterSpec = (change: Partial<ClusterSpec> = {}): ClusterSpec => ({
  id: '/subscriptions/5b0c/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab',
  name: 'lab',
  location: 'uksouth',
  fqdn: FQDN,
  kubernetesVersion: '1.35.4',
  networkPlugin: 'none',
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.0.0.0/16',
  dnsServiceIP: '10.0.0.10',
  kubeProxy: false,
  logAnalyticsWorkspaceId: undefined,
  localAccounts: true,
  pools: [systemPool(), pool('user')],
  ...change,
});

export interface World {
  readonly store: ObjectStore;
  readonly clock: FakeClock;
  readonly nodes: Nodes;
  apply(resource: Resource, ...objects: readonly KubeObject[]): void;
  pods(prefix: string): readonly KubeObject[];
  /** Phase or the reason why its first unready container waits. */
  readonly state: (pod: KubeObject) => string;
  readyNodes(): number;
  events(reason: string): readonly string[];
  exec(prefix: string, container: string, ...command: readonly string[]): Promise<ExecResult>;
  log(prefix: string, container: string): string;
  /** A new process over the same store. */
  restart(): Nodes;
}

export const podState = (pod: KubeObject): string => {
  const statuses = [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
  const reason = statuses
    .map((one) => textAt(one, 'state', 'waiting', 'reason') ?? textAt(one, 'state', 'terminated', 'reason'))
    .find((one) => one !== undefined && one !== 'Completed');
  const ready = listAt(pod, 'status', 'conditions').some((one) => one['type'] === 'Ready' && one['status'] === 'True');
  return reason ?? (ready ? 'Ready' : (textAt(pod, 'status', 'phase') ?? ''));
};

/** Every namespace has the CA that its pods mount: another part of the sandbox writes it. */
const publishAuthority = (store: ObjectStore): void => {
  store.subscribe(({ object }) => {
    const { namespace } = object.metadata;
    const name = 'kube-root-ca.crt';
    if (namespace === undefined || store.get(CONFIG_MAPS, namespace, name) !== undefined) return;
    store.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace },
      data: { 'ca.crt': 'a certificate' },
    });
  });
};

/** A cluster whose VMs have had two minutes to join. */
export const createWorld = (change: Partial<ClusterSpec> = {}): World => {
  const dir = mkdtempSync(join(tmpdir(), 'nodes-'));
  const clock = createFakeClock();
  const store = createObjectStore({ file: join(dir, 'objects.ndjson'), clock });
  const spec = clusterSpec(change);
  publishAuthority(store);
  seedCluster(store, spec);
  const running: Nodes[] = [startNodes({ store, spec, clock, dir })];
  const current = (): Nodes => {
    const last = running.at(-1);
    if (last === undefined) throw new Error('nothing runs');
    return last;
  };
  onTestFinished(() => {
    for (const nodes of running) nodes.close();
    store.close();
    rmSync(dir, { recursive: true });
  });
  const pods = (prefix: string): readonly KubeObject[] =>
    store.list(PODS).filter((pod) => new RegExp(`^${prefix}-[a-z0-9]+$`).test(pod.metadata.name));
  const first = (prefix: string): KubeObject => {
    const [pod] = pods(prefix);
    if (pod === undefined) throw new Error(`no pod ${prefix}`);
    return pod;
  };
  clock.advance(120_000);
  return {
    store,
    clock,
    get nodes() {
      return current();
    },
    apply(resource, ...objects) {
      for (const object of objects) {
        const exists = store.get(resource, object.metadata.namespace, object.metadata.name);
        if (exists === undefined) store.create(resource, object);
        else
          store.replace(resource, {
            ...object,
            ...(exists['status'] === undefined ? {} : { status: exists['status'] }),
          });
      }
    },
    pods,
    state: podState,
    readyNodes: () =>
      store
        .list(NODES)
        .filter((node) =>
          listAt(node, 'status', 'conditions').some((one) => one['type'] === 'Ready' && one['status'] === 'True'),
        ).length,
    events: (reason) =>
      store
        .list(EVENTS)
        .filter((event) => event['reason'] === reason)
        .map((event) => textAt(event, 'message') ?? ''),
    exec: (prefix, container, ...command) => current().kubelet.exec(first(prefix), container, command),
    log: (prefix, container) =>
      current()
        .kubelet.logs(first(prefix), container)
        .map((line) => line.text)
        .join('\n'),
    restart() {
      current().close();
      running.push(startNodes({ store, spec, clock, dir }));
      return current();
    },
  };
};
