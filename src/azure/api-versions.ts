/**
 * The api-versions that we send by our own hand, by resource type; the SDKs bring their own for the rest. Only the cluster's previews are
 * elsewhere, because they are chosen from what the provider offers.
 */
export const API_VERSIONS = {
  'Microsoft.Authorization/locks': '2020-05-01',
  'Microsoft.Authorization/policyAssignments': '2023-04-01',
  'Microsoft.Compute/skus': '2021-07-01',
  'Microsoft.Compute/locations/usages': '2026-04-01',
  /** For what needs no preview. */
  'Microsoft.ContainerService/managedClusters': '2026-05-01',
  'Microsoft.Features/features': '2021-07-01',
  'Microsoft.Insights/dataCollectionRules': '2023-03-11',
  'Microsoft.PolicyInsights/checkPolicyRestrictions': '2024-10-01',
  /** Newest stable version of all of Sentinel; the package still asks for a preview of 2022 by itself. */
  'Microsoft.SecurityInsights/alertRules': '2025-09-01',
} as const;
