import { textAt } from '../json.ts';
import { findProvider, findType } from './catalog.ts';
import { wordedIssue } from './checked-body.ts';
import type { Arm } from './context.ts';
import { noRegisteredProvider } from './front-door.ts';
import { findRegion } from './regions.ts';
import { schemaFor } from './schema-for.ts';
import { invalidTemplate } from './template-expression.ts';
import type { TemplateResource } from './template.ts';
import { validate, validateName } from './validate.ts';

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly target: string;
}

/** Types and names in turns, as they stand in an id; `workspaces/providers/alertRules` is an extension of a workspace. */
const parts = ({ type, name }: TemplateResource): readonly (readonly [type: string, name: string])[] => {
  const names = name.split('/');
  return type
    .split('/')
    .slice(1)
    .map((one, index) => [one, names[index] ?? ''] as const);
};

/** Provider and type as the catalogue has them: of the extension, where it is one. */
export const kindOf = (resource: TemplateResource): readonly [namespace: string, type: string] => {
  const pairs = parts(resource);
  const extension = pairs.findIndex(([one]) => one.toLowerCase() === 'providers');
  const namespace = extension < 0 ? (resource.type.split('/')[0] ?? '') : (pairs[extension]?.[1] ?? '');
  return [
    namespace,
    pairs
      .slice(extension + 1)
      .map(([one]) => one)
      .join('/'),
  ];
};

/** A template inside a template. */
export const isDeployment = ({ type }: TemplateResource): boolean =>
  type.toLowerCase() === 'microsoft.resources/deployments';

/** Where the resource is to be, in a group or on what its scope names. */
export const idOf = (resource: TemplateResource, group: string): string => {
  const [namespace = ''] = resource.type.split('/');
  const path = parts(resource).flatMap(([one, name]) => [one, name]);
  const [, , subscription = ''] = group.split('/');
  const other = resource.group ?? group.split('/')[4] ?? '';
  const where =
    isDeployment(resource) && (resource.group ?? resource.subscription) !== undefined
      ? `/subscriptions/${resource.subscription ?? subscription}/resourceGroups/${other}`
      : (resource.scope ?? group);
  return `${where}/providers/${namespace}/${path.join('/')}`;
};

/** What ARM refuses before any provider is asked. */
export const checkKnown = (resource: TemplateResource): void => {
  const [namespace, type] = kindOf(resource);
  const found = findProvider(namespace);
  const entry = found === undefined ? undefined : findType(found, type);
  if (entry === undefined)
    throw invalidTemplate(`The resource type '${type}' could not be found in the namespace '${namespace}'`);
  if (resource.name.split('/').length !== parts(resource).length)
    throw invalidTemplate(
      `The template resource '${resource.name}' of type '${resource.type}' has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name`,
    );
  if (entry.apiVersions.includes(resource.apiVersion)) return;
  throw noRegisteredProvider(entry, resource.apiVersion, textAt(resource.body, 'location') ?? '');
};

/** What a provider's preflight says against a resource. */
export const preflight = (resource: TemplateResource, id: string, arm: Arm): readonly Problem[] => {
  const [provider, type] = kindOf(resource);
  const problem = (code: string, message: string): readonly Problem[] => [{ code, message, target: id }];
  if (isDeployment(resource)) {
    const group = id.split('/')[4] ?? '';
    return arm.groups.get(group) === undefined
      ? problem('ResourceGroupNotFound', `Resource group '${group}' could not be found.`)
      : [];
  }
  if (arm.registrations.provider(provider) !== 'Registered')
    return problem(
      'MissingSubscriptionRegistration',
      `The subscription is not registered to use namespace '${provider}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
    );
  const location = textAt(resource.body, 'location');
  if (location !== undefined && findRegion(location) === undefined)
    return problem(
      'LocationNotAvailableForResourceType',
      `The provided location '${location}' is not available for resource type '${provider}/${type}'.`,
    );
  const schema = resource.reads ? undefined : schemaFor(`${provider}/${type}`, resource.apiVersion);
  if (schema === undefined) return [];
  const [badName] = validateName(schema, resource.name.split('/').at(-1) ?? '');
  if (badName !== undefined)
    return problem(
      'InvalidResourceName',
      `The resource name '${resource.name}' is invalid: it must be ${badName.expected}.`,
    );
  const [issue] = validate(schema, resource.body);
  return issue === undefined ? [] : problem('InvalidRequestContent', wordedIssue(issue));
};
