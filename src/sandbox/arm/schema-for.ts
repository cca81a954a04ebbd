import type { BodySchema } from './validate.ts';
import authorizationRoleAssignments20220401 from './schemas/Microsoft.Authorization_roleAssignments_2022-04-01.json' with { type: 'json' };
import containerServiceManagedClusters20260302preview from './schemas/Microsoft.ContainerService_managedClusters_2026-03-02-preview.json' with { type: 'json' };
import containerServiceManagedClusters20260501 from './schemas/Microsoft.ContainerService_managedClusters_2026-05-01.json' with { type: 'json' };
import containerServiceManagedClusters20260502preview from './schemas/Microsoft.ContainerService_managedClusters_2026-05-02-preview.json' with { type: 'json' };
import containerServiceManagedClustersAgentPools20260501 from './schemas/Microsoft.ContainerService_managedClusters_agentPools_2026-05-01.json' with { type: 'json' };
import containerServiceManagedClustersAgentPools20260502preview from './schemas/Microsoft.ContainerService_managedClusters_agentPools_2026-05-02-preview.json' with { type: 'json' };
import featuresFeatureProvidersSubscriptionFeatureRegistrations20210701 from './schemas/Microsoft.Features_featureProviders_subscriptionFeatureRegistrations_2021-07-01.json' with { type: 'json' };
import insightsDataCollectionEndpoints20230311 from './schemas/Microsoft.Insights_dataCollectionEndpoints_2023-03-11.json' with { type: 'json' };
import insightsDataCollectionRuleAssociations20230311 from './schemas/Microsoft.Insights_dataCollectionRuleAssociations_2023-03-11.json' with { type: 'json' };
import insightsDataCollectionRuleAssociations20240311 from './schemas/Microsoft.Insights_dataCollectionRuleAssociations_2024-03-11.json' with { type: 'json' };
import insightsDataCollectionRules20230311 from './schemas/Microsoft.Insights_dataCollectionRules_2023-03-11.json' with { type: 'json' };
import insightsDataCollectionRules20240311 from './schemas/Microsoft.Insights_dataCollectionRules_2024-03-11.json' with { type: 'json' };
import insightsDiagnosticSettings20210501preview from './schemas/Microsoft.Insights_diagnosticSettings_2021-05-01-preview.json' with { type: 'json' };
import insightsWorkbooks20230601 from './schemas/Microsoft.Insights_workbooks_2023-06-01.json' with { type: 'json' };
import managedIdentityUserAssignedIdentities20241130 from './schemas/Microsoft.ManagedIdentity_userAssignedIdentities_2024-11-30.json' with { type: 'json' };
import monitorAccounts20230403 from './schemas/Microsoft.Monitor_accounts_2023-04-03.json' with { type: 'json' };
import operationalInsightsWorkspaces20250701 from './schemas/Microsoft.OperationalInsights_workspaces_2025-07-01.json' with { type: 'json' };
import operationalInsightsWorkspacesSavedSearches20250701 from './schemas/Microsoft.OperationalInsights_workspaces_savedSearches_2025-07-01.json' with { type: 'json' };
import operationalInsightsWorkspacesTables20250701 from './schemas/Microsoft.OperationalInsights_workspaces_tables_2025-07-01.json' with { type: 'json' };
import operationsManagementSolutions20151101preview from './schemas/Microsoft.OperationsManagement_solutions_2015-11-01-preview.json' with { type: 'json' };
import securityInsightsAlertRules20250901 from './schemas/Microsoft.SecurityInsights_alertRules_2025-09-01.json' with { type: 'json' };
import securityInsightsAlertRules20251001preview from './schemas/Microsoft.SecurityInsights_alertRules_2025-10-01-preview.json' with { type: 'json' };
import securityInsightsMetadata20250901 from './schemas/Microsoft.SecurityInsights_metadata_2025-09-01.json' with { type: 'json' };
import securityInsightsOnboardingStates20250901 from './schemas/Microsoft.SecurityInsights_onboardingStates_2025-09-01.json' with { type: 'json' };
import securityInsightsBookmarks20250901 from './schemas/Microsoft.SecurityInsights_bookmarks_2025-09-01.json' with { type: 'json' };
import securityInsightsIncidents20250901 from './schemas/Microsoft.SecurityInsights_incidents_2025-09-01.json' with { type: 'json' };
import securityInsightsIncidentsComments20250901 from './schemas/Microsoft.SecurityInsights_incidents_comments_2025-09-01.json' with { type: 'json' };
import securityInsightsIncidentsRelations20250901 from './schemas/Microsoft.SecurityInsights_incidents_relations_2025-09-01.json' with { type: 'json' };
import securityInsightsWatchlists20250901 from './schemas/Microsoft.SecurityInsights_watchlists_2025-09-01.json' with { type: 'json' };
import securityInsightsWatchlistsItems20250901 from './schemas/Microsoft.SecurityInsights_watchlists_watchlistItems_2025-09-01.json' with { type: 'json' };

/**
 * Request bodies by resource type and api-version, made by scripts/generate-arm-schemas.ts; those of watchlists, incidents and
 * bookmarks were written down from the published OpenAPI documents.
 */
const schemas: Readonly<Record<string, unknown>> = {
  'microsoft.authorization/roleassignments@2022-04-01': authorizationRoleAssignments20220401,
  'microsoft.containerservice/managedclusters@2026-03-02-preview': containerServiceManagedClusters20260302preview,
  'microsoft.containerservice/managedclusters@2026-05-01': containerServiceManagedClusters20260501,
  'microsoft.containerservice/managedclusters@2026-05-02-preview': containerServiceManagedClusters20260502preview,
  'microsoft.containerservice/managedclusters/agentpools@2026-05-01': containerServiceManagedClustersAgentPools20260501,
  'microsoft.containerservice/managedclusters/agentpools@2026-05-02-preview':
    containerServiceManagedClustersAgentPools20260502preview,
  'microsoft.features/featureproviders/subscriptionfeatureregistrations@2021-07-01':
    featuresFeatureProvidersSubscriptionFeatureRegistrations20210701,
  'microsoft.insights/datacollectionendpoints@2023-03-11': insightsDataCollectionEndpoints20230311,
  'microsoft.insights/datacollectionruleassociations@2023-03-11': insightsDataCollectionRuleAssociations20230311,
  'microsoft.insights/datacollectionruleassociations@2024-03-11': insightsDataCollectionRuleAssociations20240311,
  'microsoft.insights/datacollectionrules@2023-03-11': insightsDataCollectionRules20230311,
  'microsoft.insights/datacollectionrules@2024-03-11': insightsDataCollectionRules20240311,
  'microsoft.insights/diagnosticsettings@2021-05-01-preview': insightsDiagnosticSettings20210501preview,
  'microsoft.insights/workbooks@2023-06-01': insightsWorkbooks20230601,
  'microsoft.managedidentity/userassignedidentities@2024-11-30': managedIdentityUserAssignedIdentities20241130,
  'microsoft.monitor/accounts@2023-04-03': monitorAccounts20230403,
  'microsoft.operationalinsights/workspaces@2025-07-01': operationalInsightsWorkspaces20250701,
  'microsoft.operationalinsights/workspaces/savedsearches@2025-07-01':
    operationalInsightsWorkspacesSavedSearches20250701,
  'microsoft.operationalinsights/workspaces/tables@2025-07-01': operationalInsightsWorkspacesTables20250701,
  'microsoft.operationsmanagement/solutions@2015-11-01-preview': operationsManagementSolutions20151101preview,
  'microsoft.securityinsights/alertrules@2025-09-01': securityInsightsAlertRules20250901,
  'microsoft.securityinsights/alertrules@2025-10-01-preview': securityInsightsAlertRules20251001preview,
  'microsoft.securityinsights/metadata@2025-09-01': securityInsightsMetadata20250901,
  'microsoft.securityinsights/onboardingstates@2025-09-01': securityInsightsOnboardingStates20250901,
  'microsoft.securityinsights/bookmarks@2025-09-01': securityInsightsBookmarks20250901,
  'microsoft.securityinsights/incidents@2025-09-01': securityInsightsIncidents20250901,
  'microsoft.securityinsights/incidents/comments@2025-09-01': securityInsightsIncidentsComments20250901,
  'microsoft.securityinsights/incidents/relations@2025-09-01': securityInsightsIncidentsRelations20250901,
  'microsoft.securityinsights/watchlists@2025-09-01': securityInsightsWatchlists20250901,
  'microsoft.securityinsights/watchlists/watchlistitems@2025-09-01': securityInsightsWatchlistsItems20250901,
};

/**
 * The schema for a type at an api-version. Not every version that Azure serves has one here: the newest of the same kind
 * (preview or stable) that is not newer speaks for it, else the oldest of that kind, else any.
 */
export const schemaFor = (type: string, apiVersion: string): BodySchema | undefined => {
  const versions = Object.keys(schemas)
    .filter((key) => key.startsWith(`${type.toLowerCase()}@`))
    .map((key) => key.slice(key.indexOf('@') + 1))
    .sort();
  const alike = versions.filter((version) => version.endsWith('-preview') === apiVersion.endsWith('-preview'));
  const candidates = alike.length > 0 ? alike : versions;
  const chosen = candidates.findLast((version) => version <= apiVersion) ?? candidates[0];
  return chosen === undefined ? undefined : (schemas[`${type.toLowerCase()}@${chosen}`] as BodySchema);
};
