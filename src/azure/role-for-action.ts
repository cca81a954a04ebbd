const ROLES: readonly (readonly [RegExp, string])[] = [
  [/^Microsoft\.Authorization\//i, 'User Access Administrator'],
  [/^Microsoft\.SecurityInsights\//i, 'Microsoft Sentinel Contributor'],
  [/^Microsoft\.OperationalInsights\//i, 'Log Analytics Contributor'],
  [/^Microsoft\.Insights\//i, 'Monitoring Contributor'],
  [/^Microsoft\.ContainerService\/managedClusters\/listCluster/i, 'Azure Kubernetes Service Cluster User Role'],
  [/^Microsoft\.ContainerService\//i, 'Azure Kubernetes Service Contributor Role'],
];

/** The narrowest built-in role that allows an action of ours. */
export const roleFor = (action: string | undefined): string =>
  ROLES.find(([pattern]) => action !== undefined && pattern.test(action))?.[1] ?? 'Contributor';
