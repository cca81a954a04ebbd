import { type Cell, finishes, type Order, type Outcome, stops } from './cell.ts';

// Faults that one service knows the meaning of: rights, quota, registrations, sign-in, and AKS's own.

const one = (
  step: string,
  how: string,
  orders: readonly Order[],
  outcome: Outcome,
  more: Partial<Cell> = {},
): Cell => ({ fault: orders[0]?.name ?? '', step, how, orders, outcome, ...more });

const writes: readonly (readonly [step: string, action: string])[] = [
  ['providers', 'Microsoft.SecurityInsights/register/action'],
  ['preview-feature', 'Microsoft.Features/providers/features/register/action'],
  ['resource-group', 'Microsoft.Resources/subscriptions/resourceGroups/write'],
  ['workspace', 'Microsoft.OperationalInsights/workspaces/write'],
  ['log-table', 'Microsoft.OperationalInsights/workspaces/tables/write'],
  ['sentinel', 'Microsoft.SecurityInsights/onboardingStates/write'],
  ['data-collection', 'Microsoft.Insights/dataCollectionRules/write'],
  ['cluster', 'Microsoft.ContainerService/managedClusters/write'],
  ['cluster-access', 'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action'],
  ['association', 'Microsoft.Insights/dataCollectionRuleAssociations/write'],
  ['functions', 'Microsoft.OperationalInsights/workspaces/savedSearches/write'],
  ['rules', 'Microsoft.SecurityInsights/alertRules/write'],
];

const rights = writes.map(([step, action]) =>
  one(
    step,
    `without ${action}`,
    [{ name: 'authorization-failed', actions: [action] }],
    stops(3, 'AuthorizationFailed', new RegExp(action.replaceAll(/[./]/gu, '\\$&'), 'iu')),
  ),
);

const capacity = [
  one('preflight', 'of the family', [{ name: 'quota-exceeded' }], stops(4, 'QuotaExceeded', /quota/iu)),
  one(
    'preflight',
    'in the region',
    [{ name: 'sku-unavailable' }],
    stops(4, 'size-restricted', /may not use Standard_\w+ in uksouth/u),
  ),
];

const registrations = [
  one('cluster', 'AKS asks for it', [{ name: 'feature-required' }], finishes),
  one('preview-feature', 'for ever Registering', [{ name: 'feature-stuck' }], finishes),
  one(
    'cluster',
    'for ever Registering, and AKS asks for it',
    [{ name: 'feature-stuck' }, { name: 'feature-required' }],
    stops(8, 'step-timeout', /KubeProxyConfigurationPreview.*run the same command again/su),
  ),
  one(
    'providers',
    'for ever Registering',
    [{ name: 'provider-stuck' }],
    stops(8, 'step-timeout', /Registering.*run the same command again/su),
  ),
];

const everyStep = ['resource-group', 'workspace', 'cluster', 'cilium', 'association', 'functions', 'rules'];
const apart = everyStep.filter((step) => step !== 'cilium');

const signIn = [
  one('sign-in', 'from the start', [{ name: 'invalid-client' }], stops(3, 'AADSTS7000215', /secret/iu)),
  ...everyStep.map((step) =>
    one(step, 'its tokens are refused', [{ name: 'token-expired' }], finishes, { during: step }),
  ),
  ...apart.map((step) =>
    one(step, 'refused, with a claims challenge', [{ name: 'token-expired', challenge: true }], finishes, {
      during: step,
    }),
  ),
  one('cluster', 'tokens of two seconds', [{ name: 'token-lifetime', seconds: 2 }], finishes),
  one('sign-in', 'good in five minutes', [{ name: 'token-not-yet-valid', count: 1 }], finishes),
];

const managedCluster = '/managedClusters/aks-ebpf-sentinel';
/** More nodes than the run before asked for: a change of what stands, which --accept-changes agrees to. */
const aChange = { standing: true, args: ['--nodes', '3', '--accept-changes'], clusterCreates: 2 };
const failedInAzure = stops(1, 'ReconcileVMSSAgentPoolFailed', /internal error.*same command/su);
const noQuota = {
  code: 'QuotaExceeded',
  message: 'Operation could not be completed as it results in exceeding approved quota.',
};
const outOfQuota = stops(1, 'QuotaExceeded', /quota/iu);

const aks = [
  one('sentinel', 'it was there', [{ name: 'onboarding-conflict' }], finishes),
  one('cluster', 'twice, at a change', [{ name: 'conflict-in-progress', count: 2 }], finishes, aChange),
  one(
    'cluster',
    'once, at a change',
    [{ name: 'changed-meanwhile', count: 1, path: managedCluster }],
    finishes,
    aChange,
  ),
  one('cluster', 'once', [{ name: 'operation-failed', count: 1 }], failedInAzure, { clusterCreates: 2 }),
  one('cluster', 'for want of quota', [{ name: 'operation-failed', count: 1, ...noQuota }], outOfQuota, {
    clusterCreates: 2,
  }),
  one('cluster', 'once', [{ name: 'operation-record-lost', count: 1 }], finishes),
  one('cluster', 'once', [{ name: 'operation-succeeded-resource-failed', count: 1 }], finishes, { clusterCreates: 2 }),
  one(
    'cluster',
    'always',
    [{ name: 'operation-succeeded-resource-failed', count: 100 }],
    stops(1, 'step-failed', /the cluster is Failed.*3 tries/su),
    {
      clusterCreates: 4,
    },
  ),
];

export const meaning: readonly Cell[] = [...rights, ...capacity, ...registrations, ...signIn, ...aks];
