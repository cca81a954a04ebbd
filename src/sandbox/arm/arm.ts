import type { HttpRequest, Outcome } from '../server/http.ts';
import { createAccess } from './access/access.ts';
import { permissionRoutes } from './access/permission-routes.ts';
import { roleAssignmentRoutes } from './access/role-assignment-routes.ts';
import { roleDefinitionRoutes } from './access/role-definition-routes.ts';
import { handleAgentPoolTasks } from './clusters/agent-pools.ts';
import { clusterRoutes } from './clusters/cluster-routes.ts';
import { handleClusterTasks } from './clusters/lifecycle.ts';
import { computeRoutes } from './compute-routes.ts';
import type { Arm, Route } from './context.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { handleDeploymentTasks } from './deployment-run.ts';
import { answerArm, sendFor } from './dispatch.ts';
import { handleGroupTasks } from './group-deletion.ts';
import { groupRoutes } from './group-routes.ts';
import { createGroups } from './groups.ts';
import { identityRoutes } from './identity-routes.ts';
import { collectionRoutes } from './insights/collection-routes.ts';
import { extensionRoutes } from './insights/extension-routes.ts';
import { workbookRoutes } from './insights/workbook-routes.ts';
import { monitorAccountRoutes } from './monitor-account-routes.ts';
import { lockRoutes } from './locks/lock-routes.ts';
import { createLocks } from './locks/locks.ts';
import { createOperations } from './operations.ts';
import { featureRoutes, providerRoutes } from './provider-routes.ts';
import { policyDefinitionRoutes } from './policy/definition-routes.ts';
import { createPolicies } from './policy/policies.ts';
import { policyRestrictionRoutes } from './policy/restriction-routes.ts';
import { policyAssignmentRoutes } from './policy/policy-routes.ts';
import { createRegistrations } from './registrations.ts';
import { createResources } from './resources.ts';
import { alertRuleRoutes } from './sentinel/alert-rule-routes.ts';
import { bookmarkRoutes } from './sentinel/bookmark-routes.ts';
import { incidentPartRoutes } from './sentinel/incident-parts.ts';
import { incidentRoutes } from './sentinel/incident-routes.ts';
import { metadataRoutes } from './sentinel/metadata-routes.ts';
import { onboardingRoutes } from './sentinel/onboarding.ts';
import { watchlistItemRoutes } from './sentinel/watchlist-items.ts';
import { handleWatchlistTasks, watchlistRoutes } from './sentinel/watchlist-routes.ts';
import { subscriptionRoutes } from './subscription-routes.ts';
import { savedSearchRoutes } from './workspaces/saved-search-routes.ts';
import { tagRoutes } from './tag-routes.ts';
import { handleTableTasks, tableRoutes } from './workspaces/table-routes.ts';
import { handleWorkspaceTasks, workspaceRoutes } from './workspaces/workspace-routes.ts';

/** Extension resources last: their patterns begin with any scope. */
const routes: readonly Route[] = [
  ...subscriptionRoutes,
  ...groupRoutes,
  ...deploymentRoutes,
  ...featureRoutes,
  ...providerRoutes,
  ...clusterRoutes,
  ...workspaceRoutes,
  ...savedSearchRoutes,
  ...tableRoutes,
  ...onboardingRoutes,
  ...alertRuleRoutes,
  ...watchlistRoutes,
  ...watchlistItemRoutes,
  ...incidentRoutes,
  ...incidentPartRoutes,
  ...bookmarkRoutes,
  ...metadataRoutes,
  ...collectionRoutes,
  ...workbookRoutes,
  ...identityRoutes,
  ...monitorAccountRoutes,
  ...computeRoutes,
  ...extensionRoutes,
  ...permissionRoutes,
  ...roleAssignmentRoutes,
  ...roleDefinitionRoutes,
  ...lockRoutes,
  ...policyAssignmentRoutes,
  ...policyDefinitionRoutes,
  ...policyRestrictionRoutes,
  ...tagRoutes,
];

export type ArmOptions = Omit<
  Arm,
  'access' | 'send' | 'locks' | 'policies' | 'resources' | 'groups' | 'operations' | 'registrations'
>;

export interface ArmService {
  readonly arm: Arm;
  answer(request: HttpRequest): Promise<Outcome>;
}

/** The imitated Azure Resource Manager: its state is the store's, its future the tasks'. */
export const createArm = (options: ArmOptions): ArmService => {
  const { store, clock, tasks, faults, identity, principals } = options;
  const arm: Arm = {
    ...options,
    send: (caller, ask) => sendFor(caller, ask, arm, routes),
    access: createAccess(store, clock, identity, principals),
    locks: createLocks(store),
    policies: createPolicies(store, clock),
    resources: createResources(store, clock),
    groups: createGroups(store),
    operations: createOperations(store, clock),
    registrations: createRegistrations(store, tasks, faults),
  };
  handleGroupTasks(arm);
  handleClusterTasks(arm);
  handleAgentPoolTasks(arm);
  handleWorkspaceTasks(arm);
  handleTableTasks(arm);
  handleWatchlistTasks(arm);
  handleDeploymentTasks(arm);
  return { arm, answer: (request) => answerArm(request, arm, routes) };
};
