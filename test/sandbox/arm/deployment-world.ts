import { world } from '../world.ts';
import type { Answer, World } from '../world.ts';

const version = 'api-version=2025-04-01';
export const workspaces = 'Microsoft.OperationalInsights/workspaces';

export interface Deployments {
  readonly sandbox: World;
  readonly deployment: (rest?: string) => string;
  /** The path of a resource in the group, or in another one. */
  readonly path: (type: string, name: string, group?: string) => string;
  readonly group: (name: string) => string;
  readonly put: (body: unknown) => Promise<Answer>;
  /** Waits for its end and gives its properties. */
  readonly finished: () => Promise<Readonly<Record<string, unknown>>>;
}

export const inner = ({ body }: Answer): Readonly<Record<string, unknown>> =>
  body['properties'] as Record<string, unknown>;

/** A subscription with the group `rg` and what templates here need; its deployment is called `pack`. */
export const deployments = async (speed = 2000): Promise<Deployments> => {
  const sandbox = await world({ speed });
  await sandbox.register('Microsoft.OperationalInsights', 'Microsoft.SecurityInsights', 'Microsoft.Insights');
  const group = (name: string): string => `${sandbox.subscription}/resourcegroups/${name}?${version}`;
  await sandbox.request('PUT', group('rg'), { body: { location: 'uksouth' } });
  const deployment = (rest = ''): string =>
    `${sandbox.subscription}/resourcegroups/rg/providers/Microsoft.Resources/deployments/pack${rest}?${version}`;
  return {
    sandbox,
    deployment,
    group,
    path: (type, name, inGroup = 'rg') => `${sandbox.subscription}/resourceGroups/${inGroup}/providers/${type}/${name}`,
    put: (body) => sandbox.request('PUT', deployment(), { body }),
    finished: async () =>
      inner(
        await sandbox.until(deployment(), (answer) =>
          ['Succeeded', 'Failed'].includes(String(inner(answer)['provisioningState'])),
        ),
      ),
  };
};

export const templateOf = (
  resources: unknown,
  rest: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  resources,
  ...rest,
});

export const bodyOf = (
  resources: unknown,
  rest: Readonly<Record<string, unknown>> = {},
  mode: 'Incremental' | 'Complete' = 'Incremental',
) => ({ properties: { mode, template: templateOf(resources, rest) } });

export const workspaceOf = (name: string, change: Readonly<Record<string, unknown>> = {}) => ({
  type: workspaces,
  apiVersion: '2025-07-01',
  name,
  location: '[resourceGroup().location]',
  properties: { retentionInDays: 60 },
  ...change,
});
