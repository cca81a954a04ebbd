import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../e2e/cloud.ts';
import { type Az, azureCli, signedInAz } from './azure-cli.ts';

let cloud: Cloud;
let az: Az;

/** As people write them: with a comment, a parameter and the group's own location. */
const template = `{
  // a workspace and nothing else
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "name": { "type": "string" }, "days": { "type": "int", "defaultValue": 30 } },
  "resources": [
    {
      "type": "Microsoft.OperationalInsights/workspaces",
      "apiVersion": "2025-07-01",
      "name": "[parameters('name')]",
      "location": "[resourceGroup().location]",
      "properties": { "retentionInDays": "[parameters('days')]" }
    }
  ]
}`;

describe.skipIf(azureCli === undefined)('az deployment group validate', () => {
  const validate = ['deployment', 'group', 'validate', '--resource-group', 'rg-az', '--template-file'] as const;

  beforeAll(async () => {
    cloud = await startCloud();
    az = await signedInAz(cloud);
    await az('group', 'create', '--name', 'rg-az', '--location', 'uksouth');
    await az('provider', 'register', '--wait', '--namespace', 'Microsoft.OperationalInsights');
  });
  afterAll(() => cloud?.close());

  const file = (text: string): string => {
    const path = join(cloud.folder, 'template.json');
    writeFileSync(path, text);
    return path;
  };
  const refused = async (text: string, ...parameters: readonly string[]): Promise<string> => {
    const { code, stderr } = await az.run(...validate, file(text), '--parameters', ...parameters);
    expect(code).not.toBe(0);
    return stderr;
  };

  test('says what a good template would make, and makes nothing', async () => {
    expect(await az(...validate, file(template), '--parameters', 'name=log-b')).toMatchObject({
      properties: {
        provisioningState: 'Succeeded',
        parameters: { name: { value: 'log-b' }, days: { value: 30 } },
        validatedResources: [{ id: expect.stringMatching(/\/workspaces\/log-b$/) }],
      },
    });
    expect(await cloud.resources()).toEqual([]);
  });

  test('refuses an unknown parameter, api-version, type, region, name and an unregistered provider', async () => {
    expect(await refused(template, 'name=log-b', 'nome=c')).toMatch(/nome/);
    const old = template.replace('2025-07-01', '2001-01-01');
    expect(await refused(old, 'name=log-b')).toContain('NoRegisteredProviderFound');
    const strange = template.replace('Insights/workspaces', 'Insights/workplaces');
    expect(await refused(strange, 'name=log-b')).toContain('InvalidTemplate');
    const nowhere = template.replace('[resourceGroup().location]', 'atlantis');
    expect(await refused(nowhere, 'name=log-b')).toContain('LocationNotAvailableForResourceType');
    expect(await refused(template, 'name=l')).toContain('InvalidResourceName');
    expect(await refused(template, 'name=log-b', 'days=many')).toMatch(/many/);
    const foreign = template
      .replace('OperationalInsights/workspaces', 'Monitor/accounts')
      .replace('2025-07-01', '2023-04-03');
    expect(await refused(foreign, 'name=mon-b')).toContain('MissingSubscriptionRegistration');
  });
});
