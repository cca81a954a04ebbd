import type { Cluster } from '../azure/cluster-contract.ts';
import type { Workspace } from '../azure/azure.ts';
import type { Config } from '../config/config.ts';
import { configHash } from '../config/hash.ts';
import type { Standing } from '../config/config-change.ts';
import { ruleName } from './data-collection.ts';
import { configTagged, configTags, isOurs, madeByUs, type Owned } from './ownership.ts';
import type { Services } from './services.ts';
import { findWorkspace } from './workspace.ts';

type Looks = Pick<Services, 'azure' | 'owner'> & Owned;

export interface Stands extends Standing {
  readonly seen: { readonly cluster: Cluster | undefined; readonly workspace: Workspace | undefined };
}

const ruleOf = async ({ azure, config }: Looks, workspace: Workspace | undefined, signal: AbortSignal) => {
  const name = ruleName(workspace?.location ?? config.workspace.location, config.cluster.name);
  return { name, seen: await azure.dataCollectionRules.find(config.resourceGroup, name, signal) };
};

/**
 * What stands of the deployment and which config made it. The data collection rule tells: it is always ours, and its tags are changed at once,
 * where a cluster's would start an operation. Before it is there, cluster and workspace do.
 */
export const whatStands = async (services: Looks, signal: AbortSignal): Promise<Stands> => {
  const { azure, config } = services;
  const [cluster, workspace] = await Promise.all([
    azure.clusters.find(config.resourceGroup, config.cluster.name, signal),
    findWorkspace(services, signal),
  ]);
  const rule = workspace === undefined ? undefined : (await ruleOf(services, workspace, signal)).seen;
  const ours = [rule, cluster, config.workspace.id === undefined ? workspace : undefined].filter(
    (each) => each !== undefined && isOurs(each.tags, services),
  );
  return {
    tag: ours.map((each) => configTagged(each?.tags ?? {})).find((tag) => tag !== undefined),
    cluster: cluster !== undefined && madeByUs(cluster.tags, services),
    workspace: workspace !== undefined && madeByUs(workspace.tags, services),
    seen: { cluster, workspace },
  };
};

/** Writes down in Azure that the config was brought about whole. Nothing is written where that stands there already. */
export const recordConfig = async (services: Looks, signal: AbortSignal): Promise<void> => {
  const { azure, config, configHash: hash } = services;
  const { name, seen } = await ruleOf(services, await findWorkspace(services, signal), signal);
  if (seen === undefined || !isOurs(seen.tags, services)) return;
  const tag = configTagged(seen.tags);
  if (tag !== undefined && hash.startsWith(tag)) return;
  await azure.dataCollectionRules.tag(
    config.resourceGroup,
    name,
    { ...seen.tags, ...configTags(services) },
    seen,
    signal,
  );
};

/**
 * The config of a tag, from what stands: with the values that are found in Azure in place of the present ones, and with each switch both ways.
 * One whose hash the tag is can have been no other. Undefined where somebody changed more than the config did, or Azure does not show it.
 */
export const configOfTag = (config: Config, { seen }: Stands, tag: string): Config | undefined => {
  const { cluster, workspace } = config;
  const pool = (name: string): { vmSize: string; count: number } | undefined =>
    seen.cluster?.pools.find((each) => each.name.toLowerCase() === name);
  const [system, workloads] = [pool('system'), pool('workloads')];
  const choices: readonly (readonly ((each: Config) => Config)[])[] = [
    [(each) => each, ...(system === undefined ? [] : [count('systemPool', system.count)])],
    [(each) => each, count('workloadPool', workloads?.count ?? 0)],
    [
      (each) => each,
      (each) => ({
        ...each,
        workspace: { ...each.workspace, retentionDays: seen.workspace?.retentionDays ?? workspace.retentionDays },
      }),
    ],
    [(each) => each, (each) => ({ ...each, cluster: { ...each.cluster, kubernetesVersion: undefined } })],
    (['Free', 'Standard', 'Premium'] as const).map((tier) => (each) => ({
      ...each,
      cluster: { ...each.cluster, tier },
    })),
    [true, false].map((flows) => (each) => ({ ...each, logs: { flows } })),
    [true, false].map((enabled) => (each) => ({ ...each, detections: { enabled } })),
    [true, false].map((enabled) => (each) => ({ ...each, demo: { enabled } })),
    [(each) => each, (each) => ({ ...each, enforcement: { namespace: undefined } })],
    [
      (each) => each,
      (each) => ({
        ...each,
        cluster: {
          ...each.cluster,
          podCidr: seen.cluster?.podCidr ?? cluster.podCidr,
          serviceCidr: seen.cluster?.serviceCidr ?? cluster.serviceCidr,
          dnsServiceIP: seen.cluster?.dnsServiceIP ?? cluster.dnsServiceIP,
        },
      }),
    ],
  ];
  let found: Config | undefined;
  const walk = (each: Config, rest: typeof choices): void => {
    const [now, ...later] = rest;
    if (found !== undefined) return;
    if (now !== undefined) for (const choose of now) walk(choose(each), later);
    else if (configHash(each).startsWith(tag)) found = each;
  };
  walk(config, choices);
  return found;
};

const count =
  (pool: 'systemPool' | 'workloadPool', value: number) =>
  (each: Config): Config => ({
    ...each,
    cluster: { ...each.cluster, [pool]: { ...each.cluster[pool], count: value } },
  });
