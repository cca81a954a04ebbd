import { clusterBody, type World } from '../world.ts';

export const clusterVersion = 'api-version=2026-04-02-preview';

export const groupOf = (sandbox: World): string => `${sandbox.subscription}/resourceGroups/rg`;

export const clusterOf = (sandbox: World, name = 'lab'): string =>
  `${groupOf(sandbox)}/providers/Microsoft.ContainerService/managedClusters/${name}`;

export const pools = (system: number, workloads: number): readonly object[] => [
  {
    name: 'system',
    mode: 'System',
    count: system,
    vmSize: 'Standard_D4s_v5',
    osType: 'Linux',
    nodeTaints: ['CriticalAddonsOnly=true:NoSchedule'],
  },
  { name: 'workloads', mode: 'User', count: workloads, vmSize: 'Standard_D4s_v5', osType: 'Linux' },
];

/** Registrations and a resource group: what a cluster needs. */
export const prepare = async (sandbox: World): Promise<void> => {
  const feature = `${sandbox.subscription}/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/KubeProxyConfigurationPreview?api-version=2021-07-01`;
  await sandbox.register('Microsoft.ContainerService', 'Microsoft.OperationalInsights', 'Microsoft.Insights');
  await sandbox.request('POST', feature.replace('?', '/register?'));
  await sandbox.until(
    feature,
    ({ body }) => (body['properties'] as { state?: string } | undefined)?.state === 'Registered',
  );
  await sandbox.register('Microsoft.ContainerService');
  await sandbox.request('PUT', `${groupOf(sandbox)}?api-version=2025-04-01`, { body: { location: 'uksouth' } });
};

const succeeded = ({ body }: { readonly body: Readonly<Record<string, unknown>> }): boolean =>
  (body['properties'] as { provisioningState?: string } | undefined)?.provisioningState === 'Succeeded';

type Rows = readonly (readonly unknown[])[];

const again = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

export interface WorkspaceQueries {
  /** Rows of a query at the workspace's endpoint. */
  query(text: string): Promise<Rows>;
  /** Asks until a query has rows that fit, and answers them. */
  rows(text: string, fits: (rows: Rows) => boolean): Promise<Rows>;
}

const workspaceOf = (sandbox: World): string =>
  `${groupOf(sandbox)}/providers/Microsoft.OperationalInsights/workspaces/log-lab`;

export const workspaceQueries = async (sandbox: World): Promise<WorkspaceQueries> => {
  const { body } = await sandbox.request('GET', `${workspaceOf(sandbox)}?api-version=2025-07-01`);
  const { customerId } = body['properties'] as { customerId: string };
  const token = await sandbox.token(`${sandbox.published.logs}/.default`);
  const query = async (text: string): Promise<Rows> => {
    const answer = await sandbox.request('POST', `${sandbox.published.logs}/v1/workspaces/${customerId}/query`, {
      token,
      body: { query: text },
    });
    // A table that has received nothing yet is not known to queries.
    if (answer.status === 400 && /resolve|does not (?:exist|refer)/u.test(answer.text)) return [];
    if (answer.status !== 200) throw new Error(answer.text);
    return (answer.body['tables'] as readonly { readonly rows: Rows }[])[0]?.rows ?? [];
  };
  return {
    query,
    async rows(text, fits) {
      for (;;) {
        const found = await query(text);
        if (fits(found)) return found;
        await again();
      }
    },
  };
};

export interface LogPath extends WorkspaceQueries {
  readonly rule: string;
  readonly association: string;
  putRule(streams: readonly string[]): Promise<number>;
  associate(): Promise<number>;
  /** Waits until the log agent says this of why it reads nothing; undefined: until it reads. */
  agent(closed: RegExp | undefined, following?: number): Promise<void>;
}

/** A workspace, a cluster with Container Insights, a rule and its association, as the product makes them. */
export const makeLogPath = async (sandbox: World, agentPoolProfiles: readonly object[]): Promise<LogPath> => {
  await prepare(sandbox);
  const group = groupOf(sandbox);
  const workspace = workspaceOf(sandbox);
  await sandbox.request('PUT', `${workspace}?api-version=2025-07-01`, { body: { location: 'uksouth' } });
  await sandbox.until(`${workspace}?api-version=2025-07-01`, succeeded);
  const cluster = clusterOf(sandbox);
  const put = await sandbox.request('PUT', `${cluster}?${clusterVersion}`, {
    body: clusterBody(workspace, { agentPoolProfiles }),
  });
  if (put.status !== 201) throw new Error(put.text);
  await sandbox.until(`${cluster}?${clusterVersion}`, succeeded);
  const rule = `${group}/providers/Microsoft.Insights/dataCollectionRules/MSCI-uksouth-lab?api-version=2023-03-11`;
  const association = `${cluster}/providers/Microsoft.Insights/dataCollectionRuleAssociations/ContainerInsightsExtension?api-version=2023-03-11`;
  const putRule = async (streams: readonly string[]): Promise<number> => {
    const settings = {
      dataCollectionSettings: { interval: '1m', namespaceFilteringMode: 'Off', enableContainerLogV2: true },
    };
    const extension = { name: 'ci', extensionName: 'ContainerInsights', streams, extensionSettings: settings };
    const answer = await sandbox.request('PUT', rule, {
      body: {
        location: 'uksouth',
        kind: 'Linux',
        properties: {
          dataSources: { extensions: [extension] },
          dataFlows: [{ streams, destinations: ['la'] }],
          destinations: { logAnalytics: [{ workspaceResourceId: workspace, name: 'la' }] },
        },
      },
    });
    return answer.status;
  };
  const associate = async (): Promise<number> =>
    (
      await sandbox.request('PUT', association, {
        body: { properties: { dataCollectionRuleId: rule.split('?')[0] } },
      })
    ).status;
  await putRule(['Microsoft-ContainerLogV2', 'Microsoft-KubeEvents']);
  await associate();
  const queries = await workspaceQueries(sandbox);
  return {
    rule,
    association,
    putRule,
    associate,
    ...queries,
    async agent(closed, following) {
      for (;;) {
        const { cluster: seen } = (await sandbox.control('GET', '/status')).body as {
          cluster: { logs: { closed?: string; following: number } };
        };
        const is = closed === undefined ? seen.logs.closed === undefined : closed.test(seen.logs.closed ?? '');
        if (is && (following === undefined || seen.logs.following === following)) return;
        await again();
      }
    },
  };
};
