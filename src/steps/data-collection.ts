import type { DataCollectionRule } from '../azure/azure.ts';
import { adoptedTags, madeByUs, mustAdopt, ourTags, type Owned } from './ownership.ts';
import type { WorkspaceOutput } from './outputs.ts';
import type { Services } from './services.ts';
import { step } from './step.ts';
import { findWorkspace } from './workspace.ts';

/** What leaves the cluster: the container logs, and what the health detections and the workbooks join with. */
export const logStreams = [
  'Microsoft-ContainerLogV2',
  'Microsoft-KubeEvents',
  'Microsoft-KubePodInventory',
  'Microsoft-KubeNodeInventory',
  'Microsoft-KubeMonAgentEvents',
] as const;

const destination = 'la-workspace';

/** Name and limits as az gives them: 64 characters, no dash at the end. */
export const ruleName = (workspaceLocation: string, clusterName: string): string =>
  `MSCI-${workspaceLocation}-${clusterName}`.slice(0, 64).replace(/-+$/, '');

/** The name by what is there: a workspace that was brought along may be in another region than the config says. */
export const ruleNameNow = async (
  services: Pick<Services, 'azure' | 'config'>,
  signal: AbortSignal,
): Promise<string> => {
  const { cluster, workspace } = services.config;
  return ruleName((await findWorkspace(services, signal))?.location ?? workspace.location, cluster.name);
};

const properties = (workspaceId: string): Readonly<Record<string, unknown>> => ({
  dataSources: {
    extensions: [
      {
        name: 'ContainerInsightsExtension',
        extensionName: 'ContainerInsights',
        streams: logStreams,
        extensionSettings: {
          dataCollectionSettings: { interval: '1m', namespaceFilteringMode: 'Off', enableContainerLogV2: true },
        },
      },
    ],
  },
  // A stream has to stand in both places, or it is collected and thrown away.
  dataFlows: [{ streams: logStreams, destinations: [destination] }],
  destinations: { logAnalytics: [{ workspaceResourceId: workspaceId, name: destination }] },
});

/** The rule that is put for a workspace, whole. */
export const ruleBody = (services: Owned, workspace: Pick<WorkspaceOutput, 'id' | 'location'>) => ({
  location: workspace.location,
  kind: 'Linux' as const,
  tags: ourTags(services),
  properties: properties(workspace.id),
});

interface SeenProperties {
  readonly dataFlows?: readonly { readonly streams?: readonly string[] }[];
  readonly destinations?: { readonly logAnalytics?: readonly { readonly workspaceResourceId?: string }[] };
}

const differences = (seen: DataCollectionRule, workspace: WorkspaceOutput): readonly string[] => {
  const { dataFlows = [], destinations } = seen.properties as SeenProperties;
  const flowing = new Set(dataFlows.flatMap(({ streams = [] }) => streams).map((stream) => stream.toLowerCase()));
  // The group stands for all streams that Container Insights has.
  const everything = flowing.has('microsoft-containerinsights-group-default');
  const missing = everything ? [] : logStreams.filter((stream) => !flowing.has(stream.toLowerCase()));
  const target = (destinations?.logAnalytics ?? []).some(
    ({ workspaceResourceId }) => workspaceResourceId?.toLowerCase() === workspace.id.toLowerCase(),
  );
  return [
    ...missing.map((stream) => `the data collection rule lacks the stream ${stream}`),
    ...(target ? [] : ['the data collection rule sends to another workspace']),
  ];
};

/** The data collection rule, in the region of its workspace, before there is a cluster to associate it with. */
export const dataCollection = step({
  title: 'Create the data collection rule',
  needs: ['workspace'],
  expected: { p50: '5s', p90: '20s' },
  timeout: '10m',

  async probe({ azure, config, out, signal, ...services }) {
    const seen = await azure.dataCollectionRules.find(
      config.resourceGroup,
      ruleName(out.workspace.location, config.cluster.name),
      signal,
    );
    if (seen === undefined) return { state: 'absent' };
    if (mustAdopt('the data collection rule', seen.tags, { config, ...services }))
      return { state: 'absent', detail: 'exists and is to be taken over' };
    const diff = differences(seen, out.workspace);
    return diff.length === 0 ? { state: 'ready', out: { id: seen.id } } : { state: 'drifted', diff };
  },

  async apply({ azure, config, out, seen, signal, ...services }) {
    const name = ruleName(out.workspace.location, config.cluster.name);
    const before = await azure.dataCollectionRules.find(config.resourceGroup, name, signal);
    const ours = before === undefined || madeByUs(before.tags, services);
    const tags = ours
      ? { ...before?.tags, ...ourTags({ config, ...services }) }
      : adoptedTags({ config, ...services }, before.tags);
    // One that does what is needed keeps what else it does; one that does not is drift, and asked about, once it is signed.
    if (seen.state === 'absent' && before !== undefined)
      return azure.dataCollectionRules.tag(config.resourceGroup, name, tags, before, signal);
    await azure.dataCollectionRules.put(
      config.resourceGroup,
      name,
      { ...ruleBody({ config, ...services }, out.workspace), tags },
      before,
      signal,
    );
  },

  async removal({ azure, config, owner, signal: looking }) {
    const name = await ruleNameNow({ azure, config }, looking);
    const seen = await azure.dataCollectionRules.find(config.resourceGroup, name, looking);
    if (seen === undefined) return undefined;
    return {
      what: `data collection rule ${name}`,
      ...(madeByUs(seen.tags, { owner }) ? {} : { kept: 'this deployment did not make it' }),
      remove: (signal) => azure.dataCollectionRules.delete(config.resourceGroup, name, signal),
      gone: async (signal) => (await azure.dataCollectionRules.find(config.resourceGroup, name, signal)) === undefined,
    };
  },
});
