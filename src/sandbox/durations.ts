const second = 1000;
const minute = 60 * second;

/**
 * How long Azure takes, in milliseconds of its own time. Recorded: cluster create 10:33:31 to 10:42:01 (azure-cli's recordings),
 * workspace 7 s to 30 s, cluster create and delete together 590 s to 677 s (azurerm's acceptance runs), node pool 2 min 40 s and up.
 * The rest are estimates from what documentation calls "a few minutes".
 */
export const durations = {
  clusterCreate: 8.5 * minute,
  /** From the accepted PUT until the API server answers and the first nodes join. */
  clusterNodesJoin: 3.5 * minute,
  clusterUpdate: 3 * minute,
  clusterDelete: 4.5 * minute,
  clusterAbort: 45 * second,
  agentPoolCreate: 3 * minute,
  agentPoolDelete: 2.5 * minute,
  /** AKS starts PutExtensionAddonHandler by itself soon after a create: the next PUT may meet a 409. */
  backgroundOperationStart: 2 * second,
  backgroundOperation: 40 * second,
  workspaceCreate: 12 * second,
  workspaceSoftDeleted: 14 * 24 * 60 * minute,
  tableUpdate: 6 * second,
  onboardingVisible: 15 * second,
  /** Until a new table or saved function is known to queries and rules everywhere. */
  nameKnownToQueries: 15 * second,
  /** For how long the id of a deleted rule cannot be used again. */
  ruleIdReserved: 2 * minute,
  watchlistUpload: 20 * second,
  watchlistDelete: 30 * second,
  /** How often a deployment looks after its resources. */
  deploymentStep: 3 * second,
  /** Until ARM has worked out what a deployment would change. */
  whatIf: 10 * second,
  resourceListLag: 5 * second,
  /** Until a role that was given or taken is known everywhere; Azure says up to ten minutes. */
  rolePropagation: minute,
  /** Until a policy assignment is enforced; Azure says five minutes and more. */
  policyPropagation: 5 * minute,
  providerRegister: 45 * second,
  featureRegister: 3 * minute,
  resourceGroupDelete: 40 * second,
  operationRecordKept: 24 * 60 * minute,
} as const;

/** Token buckets of AKS: `burst` requests, then one every `refillMs` of Azure's time. */
export const buckets = {
  putManagedCluster: { burst: 20, refillMs: minute },
  putAgentPool: { burst: 20, refillMs: minute },
  getManagedCluster: { burst: 60, refillMs: second },
  getOperationStatus: { burst: 200, refillMs: 0.5 * second },
} as const;
