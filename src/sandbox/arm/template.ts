import { at, isObject, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { ArmError } from './errors.ts';

/** A resource of a template, its expressions put in. */
export interface TemplateResource {
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly body: JsonObject;
}

export interface TemplateContext {
  readonly groupName: string;
  readonly groupLocation: string;
  readonly subscriptionId: string;
}

export const invalidTemplate = (why: string): ArmError =>
  new ArmError(400, 'InvalidTemplate', `Deployment template validation failed: '${why}'.`);

/**
 * The resources of a deployment's template. Of ARM's expressions it knows a parameter, a variable and where the deployment goes, each
 * alone; a template with any other is refused with a sentence that says so.
 */
export const templateResources = (properties: JsonObject, context: TemplateContext): readonly TemplateResource[] => {
  const { template } = properties;
  if (!isObject(template)) throw invalidTemplate("The template property 'template' is required");
  for (const field of ['$schema', 'contentVersion', 'resources'])
    if (template[field] === undefined)
      throw invalidTemplate(`Required property '${field}' not found in JSON. Path 'properties.template'`);
  const parameters = parameterValues(template, objectAt(properties, 'parameters'));
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return (value as readonly unknown[]).map(fill);
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, fill(entry)]));
    return typeof value === 'string'
      ? evaluated(value, parameters, objectAt(template, 'variables'), context, fill)
      : value;
  };
  const listed = template['resources'];
  // Newer templates name their resources instead of listing them.
  const resources = isObject(listed)
    ? Object.values(listed)
    : Array.isArray(listed)
      ? (listed as readonly unknown[])
      : [];
  return resources.map((resource) => asResource(fill(resource)));
};

const parameterValues = (template: JsonObject, given: JsonObject): ReadonlyMap<string, unknown> => {
  const declared = objectAt(template, 'parameters');
  const unknown = Object.keys(given).find((name) => !(name in declared));
  if (unknown !== undefined) {
    throw invalidTemplate(
      `The following parameters were supplied, but do not correspond to any parameters defined in the template: '${unknown}'. The parameters defined in the template are: '${Object.keys(declared).join(', ')}'`,
    );
  }
  return new Map(
    Object.entries(declared).map(([name, definition]) => {
      const value = at(given, name, 'value') ?? at(definition, 'defaultValue');
      if (value !== undefined) return [name, value];
      throw invalidTemplate(
        `The value for the template parameter '${name}' is not provided. Please see https://aka.ms/arm-create-parameter-file for usage details`,
      );
    }),
  );
};

const evaluated = (
  text: string,
  parameters: ReadonlyMap<string, unknown>,
  variables: JsonObject,
  context: TemplateContext,
  fill: (value: unknown) => unknown,
): unknown => {
  if (text.startsWith('[[')) return text.slice(1);
  if (!/^\[.*\]$/su.test(text)) return text;
  const expression = text.slice(1, -1).trim();
  const [, kind = '', name = ''] = /^(parameters|variables)\('([^']+)'\)$/u.exec(expression) ?? [];
  if (kind === 'parameters' && parameters.has(name)) return fill(parameters.get(name));
  if (kind === 'variables' && name in variables) return fill(variables[name]);
  if (kind !== '') throw invalidTemplate(`The template ${kind.slice(0, -1)} '${name}' is not found`);
  if (expression === 'resourceGroup().location') return context.groupLocation;
  if (expression === 'resourceGroup().name') return context.groupName;
  if (expression === 'subscription().subscriptionId') return context.subscriptionId;
  throw invalidTemplate(`The expression '${text}' is none that this sandbox evaluates`);
};

const asResource = (resource: unknown): TemplateResource => {
  const [type, apiVersion, name] = ['type', 'apiVersion', 'name'].map((field) => textAt(resource, field));
  if (!isObject(resource) || type === undefined || apiVersion === undefined || name === undefined)
    throw invalidTemplate("Each resource of the template needs 'type', 'apiVersion' and 'name'");
  const { type: _type, apiVersion: _version, name: _name, dependsOn: _after, ...body } = resource;
  return { type, apiVersion, name, body };
};
