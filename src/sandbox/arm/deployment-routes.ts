import { createHash, randomUUID } from 'node:crypto';
import { isObject, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { json } from '../server/http.ts';
import type { HttpReply } from '../server/http.ts';
import { findProvider, findType } from './catalog.ts';
import { wordedIssue } from './checked-body.ts';
import type { Arm, ArmCall, Route } from './context.ts';
import { ArmError, groupNotFound } from './errors.ts';
import { noRegisteredProvider } from './front-door.ts';
import { findRegion } from './regions.ts';
import { schemaFor } from './schema-for.ts';
import { invalidTemplate, templateResources } from './template.ts';
import type { TemplateResource } from './template.ts';
import { validate, validateName } from './validate.ts';

const namespace = 'Microsoft.Resources';

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly target: string;
}

const segmentsOf = ({ type }: TemplateResource): readonly [namespace: string, type: string] => {
  const [provider = '', ...rest] = type.split('/');
  return [provider, rest.join('/')];
};

const idOf = (resource: TemplateResource, group: string): string => {
  const [provider, type] = segmentsOf(resource);
  const names = resource.name.split('/');
  const pairs = type.split('/').flatMap((part, index) => [part, names[index] ?? '']);
  return `${group}/providers/${provider}/${pairs.join('/')}`;
};

/** What ARM refuses before any provider is asked. */
const checkKnown = (resource: TemplateResource): void => {
  const [provider, type] = segmentsOf(resource);
  const found = findProvider(provider);
  const entry = found === undefined ? undefined : findType(found, type);
  if (entry === undefined)
    throw invalidTemplate(`The resource type '${type}' could not be found in the namespace '${provider}'`);
  if (resource.name.split('/').length !== type.split('/').length)
    throw invalidTemplate(
      `The template resource '${resource.name}' of type '${resource.type}' has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name`,
    );
  if (entry.apiVersions.includes(resource.apiVersion)) return;
  throw noRegisteredProvider(entry, resource.apiVersion, textAt(resource.body, 'location') ?? '');
};

/** What a provider's preflight says against a resource. */
const preflight = (resource: TemplateResource, id: string, arm: Arm): readonly Problem[] => {
  const [provider, type] = segmentsOf(resource);
  const problem = (code: string, message: string): readonly Problem[] => [{ code, message, target: id }];
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
  const schema = schemaFor(resource.type, resource.apiVersion);
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

const validateDeployment = (call: ArmCall, arm: Arm): HttpReply => {
  const group = arm.groups.get(call.param('group'));
  if (group === undefined) throw groupNotFound(call.param('group'));
  const properties = objectAt(call.body, 'properties');
  const mode = textAt(properties, 'mode');
  if (mode === undefined || !['incremental', 'complete'].includes(mode.toLowerCase()))
    throw new ArmError(400, 'InvalidDeploymentMode', `The deployment mode '${mode ?? ''}' is not valid.`);
  const { subscriptionId } = arm.identity;
  const context = { groupName: group.name, groupLocation: group.location, subscriptionId };
  const resources = templateResources(properties, context);
  for (const resource of resources) checkKnown(resource);
  const groupId = `/subscriptions/${subscriptionId}/resourceGroups/${group.name}`;
  const problems = resources.flatMap((resource) => preflight(resource, idOf(resource, groupId), arm));
  const name = call.param('deployment');
  if (problems.length > 0)
    throw new ArmError(
      400,
      'InvalidTemplateDeployment',
      `The template deployment '${name}' is not valid according to the validation procedure. The tracking id is '${randomUUID()}'. See inner errors for details.`,
      { details: problems },
    );
  return json(200, {
    id: `${groupId}/providers/${namespace}/deployments/${name}`,
    name,
    type: `${namespace}/deployments`,
    properties: {
      templateHash: String(
        createHash('sha256').update(JSON.stringify(properties['template'])).digest().readBigUInt64BE(),
      ),
      parameters: parametersView(properties),
      mode: mode.toLowerCase() === 'complete' ? 'Complete' : 'Incremental',
      provisioningState: 'Succeeded',
      timestamp: new Date(arm.clock.now()).toISOString(),
      duration: 'PT0S',
      correlationId: randomUUID(),
      dependencies: [],
      validatedResources: resources.map((resource) => ({ id: idOf(resource, groupId) })),
    },
  });
};

/** Given or by default, with their types; what is secure keeps its value to itself. */
const parametersView = (properties: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(objectAt(properties, 'template', 'parameters')).map(([name, definition]) => {
      const type = textAt(definition, 'type') ?? '';
      if (/^secure/iu.test(type)) return [name, { type }];
      const given = objectAt(properties, 'parameters', name);
      return [
        name,
        {
          type,
          value: 'value' in given ? given['value'] : isObject(definition) ? definition['defaultValue'] : undefined,
        },
      ];
    }),
  );

export const deploymentRoutes: readonly Route[] = [
  {
    namespace,
    type: 'deployments',
    method: 'POST',
    pattern: `/subscriptions/{subscription}/resourcegroups/{group}/providers/${namespace}/deployments/{deployment}/validate`,
    permission: `${namespace}/deployments/validate/action`,
    handle: validateDeployment,
  },
];
