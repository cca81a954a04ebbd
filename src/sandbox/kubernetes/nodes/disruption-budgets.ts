import { type Cluster, condition, isTerminating, saveStatus } from './cluster.ts';
import { at, intOrPercent, listAt } from './fields.ts';
import { isActive, isPodReady } from './pod-template.ts';
import { DISRUPTION_BUDGETS, PODS } from './resources.ts';
import { labelsOf, matchesSelector } from './selectors.ts';

/** Status of each PodDisruptionBudget: how many of its pods may go. */
export const reconcileDisruptionBudgets = (cluster: Cluster): void => {
  for (const budget of cluster.store.list(DISRUPTION_BUDGETS)) {
    if (isTerminating(budget)) continue;
    const pods = cluster.store
      .list(PODS, budget.metadata.namespace)
      .filter((pod) => isActive(pod) && matchesSelector(labelsOf(pod), at(budget, 'spec', 'selector')));
    const healthy = pods.filter(isPodReady).length;
    const mayMiss = at(budget, 'spec', 'maxUnavailable');
    const desired =
      mayMiss === undefined
        ? intOrPercent(at(budget, 'spec', 'minAvailable'), pods.length, 'up', 1)
        : Math.max(0, pods.length - intOrPercent(mayMiss, pods.length, 'up', 0));
    const allowed = Math.max(0, healthy - desired);
    const observedGeneration = budget.metadata.generation ?? 1;
    saveStatus(cluster, DISRUPTION_BUDGETS, budget, {
      conditions: [
        condition(cluster, listAt(budget, 'status', 'conditions'), {
          type: 'DisruptionAllowed',
          status: allowed > 0 ? 'True' : 'False',
          reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
          message: '',
          observedGeneration,
        }),
      ],
      currentHealthy: healthy,
      desiredHealthy: desired,
      disruptionsAllowed: allowed,
      expectedPods: pods.length,
      observedGeneration,
    });
  }
};
