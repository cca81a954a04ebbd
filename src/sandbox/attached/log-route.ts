import type { Arm } from '../arm/context.ts';
import type { ResourceRecord } from '../arm/resources.ts';
import { arrayAt, at, isObject, objectAt, textAt } from '../json.ts';

/** Where a cluster's container logs go by what ARM knows, or the hop that does not let them through. */
export type LogRoute =
  | {
      readonly kind: 'open';
      /** ARM id as first written. */
      readonly clusterId: string;
      /** Of the workspaces, as queries name them. */
      readonly customerIds: readonly string[];
    }
  | { readonly kind: 'closed'; readonly why: string };

const closed = (why: string): LogRoute => ({ kind: 'closed', why });

/** The agent looks for the association under exactly this name. */
const associationName = 'containerinsightsextension';
/** The group stands for all streams that Container Insights has. */
const streams = new Set(['microsoft-containerlogv2', 'microsoft-containerinsights-group-default']);

const carries = (value: unknown): boolean =>
  arrayAt(value, 'streams').some((name) => streams.has(String(name).toLowerCase()));

/** Follows the way that rows of ContainerLogV2 take: add-on, association, rule, data source, flow, destination, workspace. */
export const logRoute = (arm: Arm, clusterId: string | undefined): LogRoute => {
  const cluster = clusterId === undefined ? undefined : arm.resources.get(clusterId);
  if (cluster === undefined || textAt(cluster.properties, 'provisioningState') === 'Deleting')
    return closed('no managed cluster stands for the real one');
  const addon = objectAt(cluster.properties, 'addonProfiles', 'omsagent');
  if (addon['enabled'] !== true) return closed('the add-on omsagent is off');
  if (textAt(addon, 'config', 'useAADAuth')?.toLowerCase() !== 'true')
    return closed('the add-on omsagent has no useAADAuth, without which it heeds no data collection rule');
  const prefix = `${cluster.id}/providers/Microsoft.Insights/dataCollectionRuleAssociations/`.toLowerCase();
  const association = arm.resources.list(({ id }) => id.toLowerCase() === `${prefix}${associationName}`)[0];
  if (association === undefined) return closed('no association ContainerInsightsExtension stands on the cluster');
  const rule = arm.resources.get(textAt(association.properties, 'dataCollectionRuleId') ?? '');
  if (rule === undefined) return closed('the association names no data collection rule that is there');
  return throughRule(rule, cluster, arm);
};

const throughRule = (rule: ResourceRecord, cluster: ResourceRecord, arm: Arm): LogRoute => {
  const { properties, name } = rule;
  const source = arrayAt(properties, 'dataSources', 'extensions').find(
    (each) => textAt(each, 'extensionName') === 'ContainerInsights' && carries(each),
  );
  if (source === undefined)
    return closed(`the rule ${name} has no data source ContainerInsights with the stream Microsoft-ContainerLogV2`);
  if (at(source, 'extensionSettings', 'dataCollectionSettings', 'enableContainerLogV2') === false)
    return closed(`the rule ${name} switches ContainerLogV2 off`);
  const named = new Set(
    arrayAt(properties, 'dataFlows')
      .filter(carries)
      .flatMap((flow) => arrayAt(flow, 'destinations').map(String)),
  );
  if (named.size === 0) return closed(`the rule ${name} has no data flow for the stream Microsoft-ContainerLogV2`);
  const customerIds = arrayAt(properties, 'destinations', 'logAnalytics')
    .filter(isObject)
    .filter((destination) => named.has(textAt(destination, 'name') ?? ''))
    .map((destination) => arm.resources.get(textAt(destination, 'workspaceResourceId') ?? ''))
    .flatMap((workspace) => textAt(workspace?.properties, 'customerId') ?? []);
  if (customerIds.length === 0) return closed(`no workspace that the rule ${name} sends to is there`);
  return { kind: 'open', clusterId: cluster.id, customerIds };
};
