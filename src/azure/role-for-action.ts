const ROLES: readonly (readonly [RegExp, string])[] = [
  // Registering is nobody's but those who may do it for the whole subscription.
  [/\/register\/action$/i, 'Contributor'],
  [/^Microsoft\.Authorization\//i, 'User Access Administrator'],
  [/^Microsoft\.SecurityInsights\//i, 'Microsoft Sentinel Contributor'],
  [/^Microsoft\.OperationalInsights\//i, 'Log Analytics Contributor'],
  [/^Microsoft\.Insights\//i, 'Monitoring Contributor'],
  [/^Microsoft\.ContainerService\/managedClusters\/listClusterAdmin/i, 'Azure Kubernetes Service Cluster Admin Role'],
  [/^Microsoft\.ContainerService\/managedClusters\/listCluster/i, 'Azure Kubernetes Service Cluster User Role'],
  [/^Microsoft\.ContainerService\//i, 'Azure Kubernetes Service Contributor Role'],
];

/** The narrowest built-in role that allows an action of ours. */
export const roleFor = (action: string | undefined): string =>
  ROLES.find(([pattern]) => action !== undefined && pattern.test(action))?.[1] ?? 'Contributor';

/** Where that role has to be given: on what holds the resource, which may not exist yet, and for a group on its subscription. */
export const grantScope = (action: string | undefined, scope: string | undefined): string | undefined => {
  const group = scope?.replace(/\/providers\/.*$/i, '');
  return /^Microsoft\.Resources\/subscriptions\/resourceGroups\/write$/i.test(action ?? '')
    ? group?.replace(/\/resourceGroups\/[^/]+$/i, '')
    : group;
};
