import type { JsonObject } from '../../json.ts';
import type { PolicyDefinition } from './definition.ts';

const root = '/providers/Microsoft.Authorization/policyDefinitions';
const groupType = 'Microsoft.Resources/subscriptions/resourceGroups';
const tag = "[concat('tags[', parameters('tagName'), ']')]";
const text = (displayName: string): JsonObject => ({ type: 'String', metadata: { displayName } });
const list = (displayName: string): JsonObject => ({ type: 'Array', metadata: { displayName } });
const tagName = { tagName: text('Tag Name') };
const tagValue = { ...tagName, tagValue: text('Tag Value') };
const denies = (condition: JsonObject, effect = 'deny') => ({ condition, effect });

const builtIn = (
  name: string,
  displayName: string,
  more: Pick<PolicyDefinition, 'mode' | 'parameters' | 'condition' | 'effect'> & { readonly version?: string },
): PolicyDefinition => ({
  version: '1.0.0',
  ...more,
  name,
  displayName,
  id: `${root}/${name}`,
  description: '',
  policyType: 'BuiltIn',
});

/** The built-in definitions with a deny effect that an organisation uses first; no others are known here. */
export const builtInPolicies: readonly PolicyDefinition[] = [
  builtIn('e56962a6-4747-49cd-b67b-bf8b01975c4c', 'Allowed locations', {
    mode: 'Indexed',
    parameters: { listOfAllowedLocations: list('Allowed locations') },
    ...denies({
      allOf: [
        { field: 'location', notIn: "[parameters('listOfAllowedLocations')]" },
        { field: 'location', notEquals: 'global' },
        { field: 'type', notEquals: 'Microsoft.AzureActiveDirectory/b2cDirectories' },
      ],
    }),
  }),
  builtIn('e765b5de-1225-4ba3-bd56-1ac6695af988', 'Allowed locations for resource groups', {
    mode: 'All',
    parameters: { listOfAllowedLocations: list('Allowed locations') },
    ...denies({
      allOf: [
        { field: 'type', equals: groupType },
        { field: 'location', notIn: "[parameters('listOfAllowedLocations')]" },
      ],
    }),
  }),
  builtIn('871b6d14-10aa-478d-b590-94f262ecfa99', 'Require a tag on resources', {
    mode: 'Indexed',
    version: '1.0.1',
    parameters: tagName,
    ...denies({ field: tag, exists: 'false' }),
  }),
  builtIn('96670d01-0a4d-4649-9c89-2d3abc0a5025', 'Require a tag on resource groups', {
    mode: 'All',
    parameters: tagName,
    ...denies({
      allOf: [
        { field: 'type', equals: groupType },
        { field: tag, exists: 'false' },
      ],
    }),
  }),
  builtIn('1e30110a-5ceb-460c-a204-c1c3969c6d62', 'Require a tag and its value on resources', {
    mode: 'Indexed',
    version: '1.0.1',
    parameters: tagValue,
    ...denies({ not: { field: tag, equals: "[parameters('tagValue')]" } }),
  }),
  builtIn('8ce3da23-7156-49e4-b145-24f95f9dcb46', 'Require a tag and its value on resource groups', {
    mode: 'All',
    parameters: tagValue,
    ...denies({
      allOf: [{ field: 'type', equals: groupType }, { not: { field: tag, equals: "[parameters('tagValue')]" } }],
    }),
  }),
  builtIn('6c112d4e-5bc7-47ae-a041-ea2d9dccd749', 'Not allowed resource types', {
    mode: 'All',
    version: '2.0.0',
    parameters: {
      listOfResourceTypesNotAllowed: list('Not allowed resource types'),
      effect: { type: 'String', allowedValues: ['Audit', 'Deny', 'Disabled'], defaultValue: 'Deny' },
    },
    ...denies({ field: 'type', in: "[parameters('listOfResourceTypesNotAllowed')]" }, "[parameters('effect')]"),
  }),
  builtIn('a08ec900-254a-4555-9bf5-e42af04b5c5c', 'Allowed resource types', {
    mode: 'Indexed',
    parameters: { listOfResourceTypesAllowed: list('Allowed resource types') },
    ...denies({ not: { field: 'type', in: "[parameters('listOfResourceTypesAllowed')]" } }),
  }),
  builtIn('cccc23c7-8427-4f53-ad12-b6a63eb452b3', 'Allowed virtual machine size SKUs', {
    mode: 'Indexed',
    version: '1.0.1',
    parameters: { listOfAllowedSKUs: list('Allowed Size SKUs') },
    ...denies({
      allOf: [
        { field: 'type', equals: 'Microsoft.Compute/virtualMachines' },
        {
          not: {
            field: 'Microsoft.Compute/virtualMachines/sku.name',
            in: "[parameters('listOfAllowedSKUs')]",
          },
        },
      ],
    }),
  }),
];
