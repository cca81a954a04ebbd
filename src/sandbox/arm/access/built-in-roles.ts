/** A role definition as Azure publishes it; only what the sandbox's services know of is needed of the actions. */
export interface RoleDefinition {
  /** GUID, the same in every tenant for a built-in role. */
  readonly name: string;
  readonly roleName: string;
  readonly type: 'BuiltInRole' | 'CustomRole';
  readonly description: string;
  readonly assignableScopes: readonly string[];
  readonly permissions: readonly Permission[];
}

export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

const lines = (text: string): readonly string[] => text.split(/\s+/u).filter((action) => action !== '');

const role = (
  name: string,
  roleName: string,
  actions: string,
  more: { readonly not?: string; readonly data?: string; readonly description?: string } = {},
): RoleDefinition => ({
  name,
  roleName,
  type: 'BuiltInRole',
  description: more.description ?? '',
  assignableScopes: ['/'],
  permissions: [
    {
      actions: lines(actions),
      notActions: lines(more.not ?? ''),
      dataActions: lines(more.data ?? ''),
      notDataActions: [],
    },
  ],
});

export const ownerRole = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
export const clusterAdminDataRole = 'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b';

/** Allowed beside its own by every role that deploys. */
const usual = 'Microsoft.Resources/deployments/* Microsoft.Resources/subscriptions/resourceGroups/read';
const alerts = 'Microsoft.Insights/alertRules/*';
const support = 'Microsoft.Support/*';

/** Built-in roles that a deployment like ours meets. */
export const builtInRoles: readonly RoleDefinition[] = [
  role(ownerRole, 'Owner', '*', {
    description: 'Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.',
  }),
  role('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', '*', {
    description: 'Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC.',
    not: `Microsoft.Authorization/*/Delete Microsoft.Authorization/*/Write Microsoft.Authorization/elevateAccess/Action
      Microsoft.Blueprint/blueprintAssignments/write Microsoft.Blueprint/blueprintAssignments/delete
      Microsoft.Compute/galleries/share/action Microsoft.Purview/consents/write Microsoft.Purview/consents/delete
      Microsoft.Resources/deploymentStacks/manageDenySetting/action Microsoft.Subscription/cancel/action
      Microsoft.Subscription/enable/action`,
  }),
  role('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', '*/read', {
    description: 'View all resources, but does not allow you to make any changes.',
  }),
  role(
    '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
    'User Access Administrator',
    `*/read Microsoft.Authorization/* ${support}`,
  ),
  role(
    'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    'Role Based Access Control Administrator',
    `Microsoft.Authorization/roleAssignments/write Microsoft.Authorization/roleAssignments/delete */read ${support}`,
  ),
  role(
    'ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8',
    'Azure Kubernetes Service Contributor Role',
    `Microsoft.ContainerService/locations/* Microsoft.ContainerService/managedClusters/*
      Microsoft.ContainerService/managedclustersnapshots/* Microsoft.ContainerService/snapshots/*
      Microsoft.ContainerService/deploymentSafeguards/* ${alerts} ${usual}`,
    { description: 'Grants access to read and write Azure Kubernetes Service clusters' },
  ),
  role(
    '0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8',
    'Azure Kubernetes Service Cluster Admin Role',
    `Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action
      Microsoft.ContainerService/managedClusters/accessProfiles/listCredential/action
      Microsoft.ContainerService/managedClusters/read Microsoft.ContainerService/managedClusters/runcommand/action`,
  ),
  role(
    '4abbcc35-e782-43d8-92c5-2d3f1bd2253f',
    'Azure Kubernetes Service Cluster User Role',
    'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action Microsoft.ContainerService/managedClusters/read',
  ),
  role(
    clusterAdminDataRole,
    'Azure Kubernetes Service RBAC Cluster Admin',
    `Microsoft.Authorization/*/read ${alerts} Microsoft.Resources/deployments/write
      Microsoft.Resources/subscriptions/operationresults/read Microsoft.Resources/subscriptions/read
      Microsoft.Resources/subscriptions/resourceGroups/read
      Microsoft.ContainerService/managedClusters/listClusterUserCredential/action`,
    { data: 'Microsoft.ContainerService/managedClusters/*' },
  ),
  role(
    '92aaf0da-9dab-42b6-94a3-d43ce8d16293',
    'Log Analytics Contributor',
    `*/read Microsoft.ClassicCompute/virtualMachines/extensions/* Microsoft.ClassicStorage/storageAccounts/listKeys/action
      Microsoft.Compute/virtualMachines/extensions/* Microsoft.HybridCompute/machines/extensions/write ${alerts}
      Microsoft.Insights/diagnosticSettings/* Microsoft.OperationalInsights/* Microsoft.OperationsManagement/*
      Microsoft.Resources/deployments/* Microsoft.Resources/subscriptions/resourcegroups/deployments/*
      Microsoft.Storage/storageAccounts/listKeys/action ${support}`,
  ),
  role(
    '73c42c96-874c-492b-b04d-ab87d138a893',
    'Log Analytics Reader',
    `*/read Microsoft.OperationalInsights/workspaces/analytics/query/action
      Microsoft.OperationalInsights/workspaces/search/action ${support}`,
    { not: 'Microsoft.OperationalInsights/workspaces/sharedKeys/read' },
  ),
  role(
    'ab8e14d6-4a74-4a29-9ba8-549422addade',
    'Microsoft Sentinel Contributor',
    `Microsoft.SecurityInsights/* Microsoft.OperationalInsights/workspaces/analytics/query/action
      Microsoft.OperationalInsights/workspaces/*/read Microsoft.OperationalInsights/workspaces/savedSearches/*
      Microsoft.OperationsManagement/solutions/read Microsoft.OperationalInsights/workspaces/query/read
      Microsoft.OperationalInsights/workspaces/query/*/read Microsoft.OperationalInsights/workspaces/dataSources/read
      Microsoft.OperationalInsights/querypacks/*/read Microsoft.Insights/workbooks/* Microsoft.Insights/myworkbooks/read
      Microsoft.Authorization/*/read ${alerts} ${usual} ${support}`,
    {
      not: `Microsoft.SecurityInsights/ConfidentialWatchlists/*
        Microsoft.OperationalInsights/workspaces/query/ConfidentialWatchlist/*`,
    },
  ),
  role(
    '749f88d5-cbae-40b8-bcfc-e573ddc772fa',
    'Monitoring Contributor',
    `*/read Microsoft.AlertsManagement/alerts/* Microsoft.AlertsManagement/alertsSummary/* Microsoft.Insights/actiongroups/*
      Microsoft.Insights/activityLogAlerts/* Microsoft.Insights/AlertRules/* Microsoft.Insights/components/*
      Microsoft.Insights/dataCollectionEndpoints/* Microsoft.Insights/dataCollectionRules/*
      Microsoft.Insights/dataCollectionRuleAssociations/* Microsoft.Insights/DiagnosticSettings/*
      Microsoft.Insights/eventtypes/* Microsoft.Insights/LogDefinitions/* Microsoft.Insights/metricalerts/*
      Microsoft.Insights/MetricDefinitions/* Microsoft.Insights/Metrics/* Microsoft.Insights/Register/Action
      Microsoft.Insights/scheduledqueryrules/* Microsoft.Insights/webtests/* Microsoft.Insights/workbooks/*
      Microsoft.Insights/workbooktemplates/* Microsoft.OperationalInsights/workspaces/write
      Microsoft.OperationalInsights/workspaces/intelligencepacks/* Microsoft.OperationalInsights/workspaces/savedSearches/*
      Microsoft.OperationalInsights/workspaces/search/action Microsoft.OperationalInsights/workspaces/sharedKeys/action
      Microsoft.OperationalInsights/workspaces/storageinsightconfigs/* ${support}`,
  ),
  role(
    '4d97b98b-1d4f-4787-a291-c67834d212e7',
    'Network Contributor',
    `Microsoft.Authorization/*/read ${alerts} Microsoft.Network/* Microsoft.ResourceHealth/availabilityStatuses/read
      ${usual} ${support}`,
  ),
  role(
    '3913510d-42f4-4e42-8a64-420c390055eb',
    'Monitoring Metrics Publisher',
    `Microsoft.Insights/Register/Action ${support} Microsoft.Resources/subscriptions/resourceGroups/read`,
    { data: 'Microsoft.Insights/Metrics/Write Microsoft.Insights/Telemetry/Write' },
  ),
  role(
    'f1a07417-d97a-45cb-824c-7a7467783830',
    'Managed Identity Operator',
    `Microsoft.ManagedIdentity/userAssignedIdentities/*/read Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action
      Microsoft.Authorization/*/read ${alerts} ${usual} ${support}`,
  ),
];
