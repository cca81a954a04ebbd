import { arrayAt, at, isObject, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { evaluateExpression, invalidTemplate } from './template-expression.ts';
import type { ExpressionScope } from './template-expression.ts';

/** A resource of a template, its expressions put in. */
export interface TemplateResource {
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly body: JsonObject;
  /** Id of what an extension stands on, where the template says so by itself. */
  readonly scope: string | undefined;
  /** Names, ids and symbolic names of what has to be there before. */
  readonly dependsOn: readonly string[];
  readonly symbol: string | undefined;
  /** It reads another resource while the deployment runs, so that nobody can check its body before. */
  readonly reads: boolean;
}

export interface TemplateContext {
  readonly deployment: string;
  readonly groupName: string;
  readonly groupLocation: string;
  readonly subscriptionId: string;
  readonly tenantId: string;
  /** What `reference` answers while a deployment runs; before that nobody knows. */
  readonly reference?: (id: string, full: boolean) => unknown;
}

/** A template with its parameters and variables, ready to be read. */
interface Filled {
  readonly template: JsonObject;
  readonly fill: (value: unknown) => unknown;
  /** Whether `reference` was asked since the last time that this was. */
  readonly tookReference: () => boolean;
}

const read = (properties: JsonObject, context: TemplateContext): Filled => {
  const { template } = properties;
  if (!isObject(template)) throw invalidTemplate("The template property 'template' is required");
  for (const field of ['$schema', 'contentVersion', 'resources'])
    if (template[field] === undefined)
      throw invalidTemplate(`Required property '${field}' not found in JSON. Path 'properties.template'`);
  const given = objectAt(properties, 'parameters');
  checkParameters(template, given);
  const seen = { reference: false };
  const group = `/subscriptions/${context.subscriptionId}/resourceGroups/${context.groupName}`;
  const named = (kind: 'parameter' | 'variable', values: JsonObject, name: unknown): unknown => {
    const key = Object.keys(values).find((one) => one.toLowerCase() === String(name).toLowerCase());
    if (key === undefined) throw invalidTemplate(`The template ${kind} '${String(name)}' is not found`);
    return values[key];
  };
  const scope: ExpressionScope = {
    ...context,
    functions: {
      parameters: ([name]) => {
        const definition = named('parameter', objectAt(template, 'parameters'), name);
        return fill(at(given, String(name), 'value') ?? at(definition, 'defaultValue'));
      },
      variables: ([name]) => fill(named('variable', objectAt(template, 'variables'), name)),
      resourceGroup: () => ({ id: group, name: context.groupName, location: context.groupLocation, tags: {} }),
      subscription: () => ({
        id: `/subscriptions/${context.subscriptionId}`,
        subscriptionId: context.subscriptionId,
        tenantId: context.tenantId,
      }),
      deployment: () => ({
        name: context.deployment,
        properties: { template: { contentVersion: template['contentVersion'] } },
      }),
      reference: ([id, , mode]) => {
        seen.reference = true;
        return context.reference?.(String(id), String(mode).toLowerCase() === 'full');
      },
    },
  };
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return (value as readonly unknown[]).map(fill);
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, fill(entry)]));
    if (typeof value !== 'string' || !/^\[.*\]$/su.test(value)) return value;
    return value.startsWith('[[') ? value.slice(1) : evaluateExpression(value.slice(1, -1), scope);
  };
  const tookReference = (): boolean => {
    const took = seen.reference;
    seen.reference = false;
    return took;
  };
  return { template, fill, tookReference };
};

const checkParameters = (template: JsonObject, given: JsonObject): void => {
  const declared = objectAt(template, 'parameters');
  const unknown = Object.keys(given).find((name) => !(name in declared));
  if (unknown !== undefined) {
    throw invalidTemplate(
      `The following parameters were supplied, but do not correspond to any parameters defined in the template: '${unknown}'. The parameters defined in the template are: '${Object.keys(declared).join(', ')}'`,
    );
  }
  for (const [name, definition] of Object.entries(declared)) {
    if ((at(given, name, 'value') ?? at(definition, 'defaultValue')) !== undefined) continue;
    throw invalidTemplate(
      `The value for the template parameter '${name}' is not provided. Please see https://aka.ms/arm-create-parameter-file for usage details`,
    );
  }
};

/** The entries of a template whose condition holds, not filled yet. */
const entriesOf = ({ template, fill }: Filled): readonly (readonly [symbol: string | undefined, entry: unknown])[] => {
  const listed = template['resources'];
  // Newer templates name their resources instead of listing them.
  const entries: readonly (readonly [string | undefined, unknown])[] = isObject(listed)
    ? Object.entries(listed)
    : arrayAt(template, 'resources').map((one) => [undefined, one] as const);
  for (const [, entry] of entries) {
    if (isObject(entry) && entry['copy'] !== undefined)
      throw invalidTemplate("The element 'copy' is none that this sandbox runs");
    if (arrayAt(entry, 'resources').length > 0)
      throw invalidTemplate('Resources inside a resource are none that this sandbox runs: list them beside it');
  }
  return entries.filter(([, entry]) => fill(at(entry, 'condition')) !== false);
};

const filledEntry = (filled: Filled, symbol: string | undefined, entry: unknown): TemplateResource => {
  filled.tookReference();
  const resource = filled.fill(entry);
  return asResource(resource, symbol, filled.tookReference());
};

/** The resources of a deployment's template, without those whose condition does not hold. */
export const templateResources = (properties: JsonObject, context: TemplateContext): readonly TemplateResource[] => {
  const filled = read(properties, context);
  return entriesOf(filled).map(([symbol, entry]) => filledEntry(filled, symbol, entry));
};

/** One of them by its place, so that what others refer to need not be there yet. */
export const templateResource = (
  properties: JsonObject,
  context: TemplateContext,
  index: number,
): TemplateResource | undefined => {
  const filled = read(properties, context);
  const found = entriesOf(filled)[index];
  return found === undefined ? undefined : filledEntry(filled, ...found);
};

const asResource = (resource: unknown, symbol: string | undefined, reads: boolean): TemplateResource => {
  const [type, apiVersion, name] = ['type', 'apiVersion', 'name'].map((field) => textAt(resource, field));
  if (!isObject(resource) || type === undefined || apiVersion === undefined || name === undefined)
    throw invalidTemplate("Each resource of the template needs 'type', 'apiVersion' and 'name'");
  const {
    type: _type,
    apiVersion: _version,
    name: _name,
    dependsOn,
    condition: _if,
    scope,
    comments: _text,
    ...body
  } = resource;
  return {
    type,
    apiVersion,
    name,
    body,
    scope: typeof scope === 'string' ? scope : undefined,
    dependsOn: Array.isArray(dependsOn) ? dependsOn.map(String) : [],
    symbol,
    reads,
  };
};

/** What the template puts out when everything in it is there. */
export const templateOutputs = (properties: JsonObject, context: TemplateContext): JsonObject => {
  const { template, fill } = read(properties, context);
  return Object.fromEntries(
    Object.entries(objectAt(template, 'outputs')).map(([name, output]) => [
      name,
      { type: textAt(output, 'type') ?? 'String', value: fill(at(output, 'value')) },
    ]),
  );
};
