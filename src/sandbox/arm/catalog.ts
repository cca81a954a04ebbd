import { regions } from './regions.ts';

/** What `GET providers/{namespace}` tells of a resource type. */
export interface TypeEntry {
  readonly type: string;
  /** Newest first, as ARM lists them. */
  readonly apiVersions: readonly string[];
  /** Types of subscriptions and extensions have no locations. */
  readonly global?: boolean;
}

export interface ProviderEntry {
  readonly namespace: string;
  /** ARM registers its own providers by itself. */
  readonly registrationFree?: boolean;
  readonly types: readonly TypeEntry[];
}

const versions = (...lines: readonly string[]): readonly string[] => lines.flatMap((line) => line.split(' '));

/**
 * Previews before 2025-09 are retired: Azure serves each for about a year. 2026-06-02-preview and later have a specification, but
 * that they are served has not been seen, so they are not here.
 */
const aks = versions(
  '2026-06-01 2026-05-02-preview 2026-05-01 2026-04-02-preview 2026-04-01 2026-03-02-preview',
  '2026-03-01 2026-02-02-preview 2026-02-01 2026-01-02-preview 2026-01-01 2025-10-02-preview',
  '2025-10-01 2025-09-02-preview 2025-09-01 2025-08-01 2025-07-01 2025-05-01 2025-04-01 2025-03-01',
  '2025-02-01 2025-01-01 2024-10-01 2024-09-01 2024-08-01 2024-07-01 2024-06-01 2024-05-01',
  '2024-02-01 2024-01-01 2023-11-01 2023-10-01 2023-09-01 2023-08-01 2023-07-01 2023-06-01',
  '2023-05-01 2023-04-01 2023-03-01 2023-02-01 2023-01-01 2022-11-01 2022-09-01 2022-07-01',
);
/** The oldest are served as ever (the header api-supported-versions of recorded answers), and az asks for one of them. */
const logAnalytics = versions(
  '2025-07-01 2025-02-01 2023-09-01 2022-10-01 2021-12-01-preview 2021-06-01 2020-10-01 2020-08-01',
  '2020-03-01-preview 2015-11-01-preview 2015-03-20',
);
const sentinel = versions(
  '2025-10-01-preview 2025-09-01 2025-07-01-preview 2025-06-01 2025-03-01 2024-09-01 2024-03-01',
  '2023-12-01-preview 2023-11-01 2023-02-01 2022-11-01 2022-09-01-preview 2021-10-01 2020-01-01',
);
const collection = versions('2024-03-11 2023-03-11 2022-06-01 2021-09-01-preview 2021-04-01 2019-11-01-preview');

const policy = versions(
  '2025-11-01 2025-03-01 2025-01-01 2024-05-01 2024-04-01 2023-04-01 2022-06-01 2021-06-01 2020-09-01 2020-03-01',
  '2019-09-01',
  '2019-06-01 2019-01-01 2018-05-01 2018-03-01 2016-12-01 2016-04-01 2015-11-01 2015-10-01-preview',
);

/** Of ARM itself. */
const own = versions(
  '2025-04-01 2025-03-01 2024-11-01 2024-07-01 2024-03-01 2023-07-01 2022-12-01 2022-09-01 2022-01-01',
  '2021-04-01 2021-01-01 2020-10-01 2020-06-01 2019-11-01 2019-10-01 2019-07-01 2018-05-01 2016-06-01',
);

export const catalog: readonly ProviderEntry[] = [
  {
    namespace: 'Microsoft.ContainerService',
    types: [
      { type: 'managedClusters', apiVersions: aks },
      { type: 'managedClusters/agentPools', apiVersions: aks },
      { type: 'locations', apiVersions: [...aks, '2016-03-30'], global: true },
      { type: 'locations/operations', apiVersions: [...aks, '2016-03-30'] },
      { type: 'locations/operationresults', apiVersions: [...aks, '2016-03-30'] },
      { type: 'locations/kubernetesVersions', apiVersions: aks },
      { type: 'locations/vmSkus', apiVersions: aks.filter((one) => one.endsWith('-preview') && one >= '2026-03') },
    ],
  },
  {
    namespace: 'Microsoft.OperationalInsights',
    types: [
      { type: 'workspaces', apiVersions: logAnalytics },
      { type: 'workspaces/tables', apiVersions: logAnalytics },
      { type: 'workspaces/savedSearches', apiVersions: logAnalytics },
      { type: 'deletedWorkspaces', apiVersions: logAnalytics },
      { type: 'locations/operationStatuses', apiVersions: logAnalytics },
    ],
  },
  {
    namespace: 'Microsoft.SecurityInsights',
    types: [
      'onboardingStates alertRules metadata watchlists watchlists/watchlistItems bookmarks entities operations',
      'incidents incidents/comments incidents/relations incidents/alerts incidents/bookmarks incidents/entities',
    ]
      .flatMap((line) => line.split(' '))
      .map((type) => ({ type, apiVersions: sentinel, global: true })),
  },
  {
    namespace: 'Microsoft.Insights',
    types: [
      { type: 'dataCollectionRules', apiVersions: collection },
      { type: 'dataCollectionEndpoints', apiVersions: collection },
      { type: 'dataCollectionRuleAssociations', apiVersions: collection, global: true },
      {
        type: 'diagnosticSettings',
        apiVersions: ['2021-05-01-preview', '2017-05-01-preview', '2016-09-01'],
        global: true,
      },
      { type: 'workbooks', apiVersions: ['2023-06-01', '2022-04-01', '2021-08-01', '2021-03-08'] },
    ],
  },
  {
    namespace: 'Microsoft.ManagedIdentity',
    types: [
      {
        type: 'userAssignedIdentities',
        apiVersions: [
          '2025-05-31-preview',
          '2025-01-31-preview',
          '2024-11-30',
          '2023-07-31-preview',
          '2023-01-31',
          '2022-01-31-preview',
          '2018-11-30',
        ],
      },
    ],
  },
  {
    namespace: 'Microsoft.Monitor',
    types: [{ type: 'accounts', apiVersions: ['2025-10-03', '2023-04-03', '2023-04-01', '2021-06-03-preview'] }],
  },
  { namespace: 'Microsoft.OperationsManagement', types: [{ type: 'solutions', apiVersions: ['2015-11-01-preview'] }] },
  { namespace: 'Microsoft.AlertsManagement', types: [{ type: 'prometheusRuleGroups', apiVersions: ['2023-03-01'] }] },
  {
    namespace: 'Microsoft.Compute',
    types: [
      { type: 'skus', apiVersions: ['2021-07-01', '2019-04-01', '2017-09-01'], global: true },
      {
        type: 'locations/usages',
        apiVersions: ['2026-04-01', '2025-11-01', '2025-04-01', '2024-11-01', '2024-07-01', '2024-03-01', '2023-09-01'],
      },
    ],
  },
  { namespace: 'Microsoft.Network', types: [{ type: 'virtualNetworks', apiVersions: ['2025-05-01', '2024-05-01'] }] },
  { namespace: 'Microsoft.Storage', types: [{ type: 'storageAccounts', apiVersions: ['2025-06-01', '2024-01-01'] }] },
  {
    namespace: 'Microsoft.Authorization',
    registrationFree: true,
    types: [
      {
        type: 'roleAssignments',
        apiVersions: ['2022-04-01', '2020-10-01-preview', '2018-09-01-preview', '2015-07-01'],
        global: true,
      },
      { type: 'denyAssignments', apiVersions: ['2022-04-01', '2018-07-01-preview'], global: true },
      {
        type: 'locks',
        apiVersions: ['2020-05-01', '2017-04-01', '2016-09-01', '2015-06-01', '2015-05-01-preview', '2015-01-01'],
        global: true,
      },
      { type: 'policyAssignments', apiVersions: policy, global: true },
      { type: 'policyDefinitions', apiVersions: policy, global: true },
      {
        type: 'roleDefinitions',
        apiVersions: ['2022-05-01-preview', '2022-04-01', '2018-01-01-preview', '2015-07-01'],
        global: true,
      },
      { type: 'permissions', apiVersions: ['2022-04-01', '2018-07-01', '2015-07-01'], global: true },
    ],
  },
  {
    namespace: 'Microsoft.PolicyInsights',
    types: [
      {
        type: 'checkPolicyRestrictions',
        apiVersions: ['2024-10-01', '2023-03-01', '2022-03-01', '2020-07-01', '2020-07-01-preview'],
        global: true,
      },
    ],
  },
  {
    namespace: 'Microsoft.Features',
    registrationFree: true,
    types: [{ type: 'features', apiVersions: ['2021-07-01', '2015-12-01'], global: true }],
  },
  {
    namespace: 'Microsoft.Resources',
    registrationFree: true,
    types: [
      'resourceGroups',
      'resources',
      'subscriptions',
      'tenants',
      'locations',
      'providers',
      'operationresults',
      'tags',
      'tagNames',
      'deployments',
    ].map((type) => ({ type, global: true, apiVersions: own })),
  },
];

export const findProvider = (namespace: string): ProviderEntry | undefined =>
  catalog.find((entry) => entry.namespace.toLowerCase() === namespace.toLowerCase());

export const findType = (provider: ProviderEntry, type: string): TypeEntry | undefined =>
  provider.types.find((entry) => entry.type.toLowerCase() === type.toLowerCase());

/** Locations as a provider lists them: display names, not the names that requests use. */
export const locationsOf = (entry: TypeEntry): readonly string[] =>
  entry.global === true ? [] : regions.map(({ displayName }) => displayName);
