import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../e2e/cloud.ts';
import { type Az, azureCli, oddAnswers, registered, signedInAz } from './azure-cli.ts';

let cloud: Cloud;
let az: Az;

const workspace = 'Microsoft.OperationalInsights/workspaces';
const template = (change: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: { name: { type: 'string' } },
    resources: [
      {
        type: `${workspace}/savedSearches`,
        apiVersion: '2025-07-01',
        name: "[concat(parameters('name'), '/ours')]",
        dependsOn: [`[resourceId('${workspace}', parameters('name'))]`],
        properties: { category: 'ours', displayName: 'Ours', query: 'Heartbeat' },
      },
      {
        type: workspace,
        apiVersion: '2025-07-01',
        name: "[parameters('name')]",
        location: '[resourceGroup().location]',
        properties: { retentionInDays: 60, ...change },
      },
    ],
    outputs: { id: { type: 'string', value: `[resourceId('${workspace}', parameters('name'))]` } },
  });

describe.skipIf(azureCli === undefined)('az deployment group, identity and monitor account', () => {
  beforeAll(async () => {
    cloud = await startCloud();
    az = await signedInAz(cloud);
    await az('group', 'create', '--name', 'rg-az', '--location', 'uksouth');
    await registered(az, 'OperationalInsights', 'ManagedIdentity', 'Monitor');
  });
  afterAll(() => cloud?.close());

  const deploy = (text: string) => {
    const file = join(cloud.folder, 'template.json');
    writeFileSync(file, text);
    return ['deployment', 'group', 'create', '-g', 'rg-az', '--name', 'pack', '--template-file', file] as const;
  };

  test('a template is deployed, and its operations and outputs are shown', async () => {
    expect(await az(...deploy(template()), '--parameters', 'name=log-b')).toMatchObject({
      properties: {
        provisioningState: 'Succeeded',
        outputs: { id: { value: expect.stringMatching(/workspaces\/log-b$/) } },
      },
    });
    const operations = await az<readonly unknown[]>(
      'deployment',
      'operation',
      'group',
      'list',
      '-g',
      'rg-az',
      '-n',
      'pack',
    );
    expect(operations).toHaveLength(2);
    expect(await az('deployment', 'group', 'show', '-g', 'rg-az', '-n', 'pack')).toMatchObject({ name: 'pack' });
    expect(await az('monitor', 'log-analytics', 'workspace', 'show', '-g', 'rg-az', '-n', 'log-b')).toMatchObject({
      retentionInDays: 60,
    });
  });

  test('what a provider refuses is told with the deployment', async () => {
    const { code, stderr } = await az.run(...deploy(template({ retentionInDays: 5 })), '--parameters', 'name=log-c');
    expect(code).not.toBe(0);
    expect(stderr).toContain('DeploymentFailed');
    expect(stderr).toContain("'RetentionInDays' property doesn't match the SKU limits");
  });

  test('loops and a deployment inside are made, and in the mode Complete all else goes as what-if said', async () => {
    const copied = JSON.stringify({
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      resources: [
        {
          type: 'Microsoft.Resources/deployments',
          apiVersion: '2022-09-01',
          name: 'inside',
          properties: {
            mode: 'Incremental',
            expressionEvaluationOptions: { scope: 'inner' },
            parameters: { prefix: { value: 'log-copy' } },
            template: {
              $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
              contentVersion: '1.0.0.0',
              parameters: { prefix: { type: 'string' } },
              resources: [
                {
                  type: workspace,
                  apiVersion: '2025-07-01',
                  name: "[format('{0}-{1}', parameters('prefix'), copyIndex(1))]",
                  location: '[resourceGroup().location]',
                  copy: { name: 'all', count: 2 },
                  properties: { retentionInDays: "[add(30, copyIndex('all'))]" },
                },
              ],
            },
          },
        },
      ],
    });
    const group = 'rg-copy';
    await az('group', 'create', '--name', group, '--location', 'uksouth');
    await az('identity', 'create', '-g', group, '-n', 'left-over');
    const file = join(cloud.folder, 'copy.json');
    writeFileSync(file, copied);
    const complete = ['-g', group, '--name', 'all', '--template-file', file, '--mode', 'Complete'] as const;
    const foreseen = await az.run('deployment', 'group', 'what-if', ...complete);
    expect(foreseen.stderr).not.toContain('ERROR');
    expect(foreseen.stdout).toContain('Resource changes: 1 to delete, 2 to create.');
    expect(foreseen.stdout).toMatch(/- Microsoft\.ManagedIdentity\/userAssignedIdentities\/left-over/);
    expect(foreseen.stdout).toMatch(/\+ Microsoft\.OperationalInsights\/workspaces\/log-copy-2/);
    const done = await az<{ readonly properties: { readonly outputResources: readonly { readonly id: string }[] } }>(
      'deployment',
      'group',
      'create',
      ...complete,
    );
    const names = done.properties.outputResources.map(({ id }) => id.split('/').at(-1));
    expect(names).toEqual(['log-copy-1', 'log-copy-2']);
    const left = await az<readonly { readonly name: string }[]>('resource', 'list', '-g', group);
    expect(left.map(({ name }) => name)).toEqual(names);
    const shown = await az('monitor', 'log-analytics', 'workspace', 'show', '-g', group, '-n', 'log-copy-2');
    expect(shown).toMatchObject({ retentionInDays: 31 });
  });

  test('identities and Azure Monitor workspaces come and go', async () => {
    expect(await az('identity', 'create', '-g', 'rg-az', '-n', 'aks-identity')).toMatchObject({
      name: 'aks-identity',
      clientId: expect.any(String),
    });
    expect(await az<readonly unknown[]>('identity', 'list', '-g', 'rg-az')).toHaveLength(1);
    await az('identity', 'delete', '-g', 'rg-az', '-n', 'aks-identity');
    expect(await az('monitor', 'account', 'create', '-g', 'rg-az', '-n', 'metrics')).toMatchObject({
      provisioningState: 'Succeeded',
    });
    await az('monitor', 'account', 'delete', '-g', 'rg-az', '-n', 'metrics', '--yes');
    expect(await az<readonly unknown[]>('monitor', 'account', 'list', '-g', 'rg-az')).toEqual([]);
  });

  test('nothing that az asked was unknown', async () => {
    expect(await oddAnswers(cloud)).toEqual([]);
  });
});
