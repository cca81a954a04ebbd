import type { SandboxClock } from '../../clock.ts';
import type { Kubelet } from '../agents.ts';
import type { ClusterSpec } from '../host.ts';
import type { ObjectStore } from '../objects.ts';
import type { StoreOf } from '../tracked-store.ts';
import { noTroubles, type Troubles } from '../troubles.ts';
import { reconcileDrift } from './cilium/drift.ts';
import { reconcileCiliumAgents } from './cilium/endpoints.ts';
import { reportFirstLookup } from './cilium/flows.ts';
import { reconcileCiliumOperator } from './cilium/operator.ts';
import { ciliumPrograms } from './cilium/programs.ts';
import { type Cluster, uid } from './cluster.ts';

import { createDelays } from './delays.ts';
import { reconcileDisruptionBudgets } from './disruption-budgets.ts';
import { createKubelet } from './kubelet.ts';
import type { Life } from './life.ts';
import { logAgentPrograms } from './log-agent-programs.ts';
import { createLogBook } from './logs.ts';
import { reconcileNodes } from './node-lifecycle.ts';
import { applyPoolChanges } from './pool-changes.ts';
import { reconcilePods } from './pod-life.ts';
import { PODS } from './resources.ts';
import { reconcileScheduling } from './scheduler.ts';
import { reconcileServices } from './services.ts';
import { systemPrograms } from './system-programs.ts';
import { reconcileTetragonAgents, tetragonPrograms } from './tetragon/agents.ts';
import { reconcileTetragonOperator } from './tetragon/kinds.ts';
import { createEventCounters } from './tetragon/event-counters.ts';
import { createProcessWatcher } from './tetragon/process-events.ts';
import { reconcileCronJobs } from './workloads/cron-jobs.ts';
import { reconcileDaemonSets } from './workloads/daemon-sets.ts';
import { reconcileDeployments } from './workloads/deployments.ts';
import { reconcileJobs } from './workloads/jobs.ts';
import { reconcileReplicaSets } from './workloads/replica-sets.ts';
import { reconcileStatefulSets } from './workloads/stateful-sets.ts';

export interface NodesOptions {
  readonly store: ObjectStore;
  readonly spec: ClusterSpec;
  readonly clock: SandboxClock;
  /** The store for one component's writes; by default they are entered nowhere. */
  readonly storeOf?: StoreOf;
  /** Folder of the cluster's own; what must outlive this process is in the store, not here. */
  readonly dir: string;
  readonly troubles?: Troubles;
}

export interface Nodes {
  readonly kubelet: Kubelet;
  /** The cluster is to look like this from now on: pools, kube-proxy, add-ons. */
  update(spec: ClusterSpec): void;
  /** Ends every timer; the store is left as it is. */
  close(): void;
}

/** Writes that follow one another are looked at together. */
const SETTLE_MS = 50;
/** Nobody reacts to these, and they come in numbers. */
const SILENT = new Set(['events', 'leases', 'processes']);

/**
 * Brings a cluster's objects to life: controllers, scheduler, kubelets, and the agents of Cilium and Tetragon.
 * Everything is one pass over the store after each change, and again when a duration has passed; a pass that finds nothing to do writes nothing, so a finished cluster rests.
 */
export const startNodes = ({
  store,
  spec,
  clock,
  storeOf = () => store,
  troubles = noTroubles,
}: NodesOptions): Nodes => {
  let wanted = spec;
  let closed = false;
  let cancel: (() => void) | undefined;

  const wake = (): void => {
    if (closed || cancel !== undefined) return;
    cancel = clock.after(SETTLE_MS, () => {
      cancel = undefined;
      pass();
    });
  };

  const cluster: Cluster = {
    store,
    clock,
    delays: createDelays(clock, wake),
    logs: createLogBook(() => clock.now()),
    events: createEventCounters(),
    spec: () => wanted,
    troubles,
    as: (manager) => (manager === undefined ? cluster : { ...cluster, store: storeOf(manager) }),
  };
  const controllers = cluster.as('kube-controller-manager');
  const kubelets = cluster.as('kubelet');
  const scheduler = cluster.as('kube-scheduler');
  const ciliumOperator = cluster.as('cilium-operator-generic');
  const ciliumAgents = cluster.as('cilium-agent');
  const tetragonOperator = cluster.as('tetragon-operator');
  const watcher = createProcessWatcher(cluster);
  const life: Life = {
    cluster: kubelets,
    programs: [...ciliumPrograms, ...tetragonPrograms, ...systemPrograms, ...logAgentPrograms],
    watcher,
    pulled: new Set(),
  };

  const pass = (): void => {
    reconcileNodes(kubelets);
    reconcileDaemonSets(controllers);
    reconcileDeployments(controllers);
    reconcileReplicaSets(controllers);
    reconcileStatefulSets(controllers);
    reconcileCronJobs(controllers);
    reconcileJobs(controllers);
    reconcileScheduling(scheduler);
    reconcilePods(life);
    reconcileCiliumOperator(ciliumOperator);
    reconcileCiliumAgents(ciliumAgents);
    reconcileDrift(cluster);
    reconcileTetragonOperator(tetragonOperator);
    reconcileTetragonAgents(cluster);
    reconcileServices(controllers);
    reconcileDisruptionBudgets(controllers);
  };

  const unsubscribe = store.subscribe(({ type, resource, object }) => {
    if (type === 'DELETED') {
      cluster.delays.forget(uid(object));
      if (resource.plural === 'pods') {
        cluster.logs.forget(uid(object));
        cluster.events.forget(uid(object));
      }
    }
    if (type === 'ADDED' && resource.plural === 'ciliumendpoints') {
      const pod = store.get(PODS, object.metadata.namespace, object.metadata.name);
      if (pod !== undefined) reportFirstLookup(cluster, pod);
    }
    if (!SILENT.has(resource.plural)) wake();
  });
  const ignore = troubles.subscribe(wake);
  wake();

  return {
    kubelet: createKubelet(cluster, watcher),
    update(next) {
      applyPoolChanges(cluster, wanted, next);
      wanted = next;
      wake();
    },
    close() {
      closed = true;
      ignore();
      unsubscribe();
      cancel?.();
      cluster.delays.close();
    },
  };
};
