import { API_VERSIONS } from '../azure/api-versions.ts';
import type { PlannedResource } from '../azure/policy-contract.ts';
import { clusterBody } from '../steps/cluster-body.ts';
import { ruleBody, ruleName } from '../steps/data-collection.ts';
import { ourTags } from '../steps/ownership.ts';
import type { Services } from '../steps/services.ts';
import { findWorkspace } from '../steps/workspace.ts';

type Looks = Pick<Services, 'azure' | 'config' | 'owner' | 'configHash' | 'version'>;

/** A resource that is not there yet, as its step is going to make it. */
export interface Planned {
  readonly what: string;
  readonly resource: PlannedResource;
}

/** What a run without a cluster makes in Azure, as far as it is not there: whole bodies, because a rule may ask for any member. */
export const plannedResources = async (
  services: Looks,
  groupIsMissing: boolean,
  signal: AbortSignal,
): Promise<readonly Planned[]> => {
  const { azure, config } = services;
  const { resourceGroup, location, cluster } = config;
  const tags = ourTags(services);
  const seen = await findWorkspace(services, signal);
  const workspace = {
    id:
      seen?.id ??
      `/subscriptions/${azure.subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/${config.workspace.name}`,
    customerId: seen?.customerId ?? '',
    location: seen?.location ?? config.workspace.location,
  };
  const rule = ruleName(workspace.location, cluster.name);
  const hasRule = (await azure.dataCollectionRules.find(resourceGroup, rule, signal)) !== undefined;
  const resources: readonly (Planned | undefined)[] = [
    groupIsMissing
      ? {
          what: `resource group ${resourceGroup}`,
          resource: { type: 'Microsoft.Resources/subscriptions/resourceGroups', name: resourceGroup, location, tags },
        }
      : undefined,
    seen === undefined && config.workspace.id === undefined
      ? {
          what: `Log Analytics workspace ${config.workspace.name}`,
          resource: {
            type: 'Microsoft.OperationalInsights/workspaces',
            name: config.workspace.name,
            location: workspace.location,
            tags,
            properties: { sku: { name: 'PerGB2018' }, retentionInDays: config.workspace.retentionDays },
          },
        }
      : undefined,
    hasRule
      ? undefined
      : {
          what: `data collection rule ${rule}`,
          resource: {
            type: 'Microsoft.Insights/dataCollectionRules',
            name: rule,
            apiVersion: API_VERSIONS['Microsoft.Insights/dataCollectionRules'],
            ...ruleBody(services, workspace),
          },
        },
    {
      what: `AKS cluster ${cluster.name}`,
      resource: {
        type: 'Microsoft.ContainerService/managedClusters',
        name: cluster.name,
        apiVersion: await azure.clusters.bodyApiVersion(signal),
        ...clusterBody(services, workspace),
      },
    },
  ];
  return resources.filter((each) => each !== undefined);
};
