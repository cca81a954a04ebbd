import { arrayAt, at, isObject, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { evaluateExpression, invalidTemplate } from './template-expression.ts';
import type { ExpressionScope } from './template-expression.ts';

export interface TemplateContext {
  readonly deployment: string;
  readonly groupName: string;
  readonly groupLocation: string;
  readonly subscriptionId: string;
  readonly tenantId: string;
  /** What `reference` answers while a deployment runs; before that nobody knows. */
  readonly reference?: (id: string, full: boolean) => unknown;
}

/** In which turn of which copy loops something stands: by name, and under '' the one that `copyIndex()` means. */
export type Loops = ReadonlyMap<string, number>;
export const noLoop: Loops = new Map();

/** A template with its parameters and variables, ready to be read. */
export interface Filled {
  readonly template: JsonObject;
  readonly fill: (value: unknown, loops?: Loops) => unknown;
  /** The turns of a loop, where `copy` asks for them. */
  readonly turns: (copy: unknown, loops?: Loops) => readonly Loops[];
  /** Whether `reference` was asked since the last time that this was. */
  readonly tookReference: () => boolean;
}

export const readTemplate = (properties: JsonObject, context: TemplateContext): Filled => {
  const { template } = properties;
  if (properties['templateLink'] !== undefined)
    throw invalidTemplate('A linked template is none that this sandbox fetches: put it into the deployment');
  if (!isObject(template)) throw invalidTemplate("The template property 'template' is required");
  for (const field of ['$schema', 'contentVersion', 'resources'])
    if (template[field] === undefined)
      throw invalidTemplate(`Required property '${field}' not found in JSON. Path 'properties.template'`);
  const given = objectAt(properties, 'parameters');
  checkParameters(template, given);
  const seen = { reference: false };
  const scope = (loops: Loops): ExpressionScope => ({
    ...context,
    functions: {
      ...functionsOf(context, template['contentVersion']),
      parameters: ([name]) => {
        const definition = named('parameter', objectAt(template, 'parameters'), name);
        return fill(at(given, String(name), 'value') ?? at(definition, 'defaultValue'));
      },
      variables: ([name]) => variable(String(name)),
      copyIndex: (args) => copyIndex(args, loops),
      reference: ([id, , mode]) => {
        seen.reference = true;
        return context.reference?.(String(id), String(mode).toLowerCase() === 'full');
      },
    },
  });
  const variable = (name: string): unknown => {
    const { copy, ...plain } = objectAt(template, 'variables');
    const loop = arrayAt({ copy }, 'copy').find((one) => String(at(one, 'name')).toLowerCase() === name.toLowerCase());
    return loop === undefined ? fill(named('variable', plain, name)) : repeated(loop, noLoop);
  };
  const turns = (copy: unknown, loops: Loops = noLoop): readonly Loops[] => {
    const count = fill(at(copy, 'count'), loops);
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > 800)
      throw invalidTemplate(
        `The 'copy' count '${String(count)}' must be a non-negative integer and cannot exceed '800'`,
      );
    const name = (textAt(copy, 'name') ?? '').toLowerCase();
    return Array.from({ length: count }, (_, index) => new Map([...loops, [name, index]]));
  };
  const repeated = (copy: unknown, loops: Loops): readonly unknown[] =>
    turns(copy, loops).map((turn) => fill(at(copy, 'input'), turn));
  const fill = (value: unknown, loops: Loops = noLoop): unknown => {
    if (Array.isArray(value)) return (value as readonly unknown[]).map((one) => fill(one, loops));
    if (isObject(value)) {
      const { copy, ...rest } = value;
      // Inside an object a list of loops makes members; a single one is a resource's own.
      const members = Array.isArray(copy) ? rest : value;
      return Object.fromEntries([
        ...Object.entries(members).map(([name, entry]) => [name, fill(entry, loops)]),
        ...arrayAt({ copy }, 'copy').map((one) => [String(at(one, 'name')), repeated(one, loops)]),
      ]);
    }
    if (typeof value !== 'string' || !/^\[.*\]$/su.test(value)) return value;
    return value.startsWith('[[') ? value.slice(1) : evaluateExpression(value.slice(1, -1), scope(loops));
  };
  const tookReference = (): boolean => {
    const took = seen.reference;
    seen.reference = false;
    return took;
  };
  return { template, fill, turns, tookReference };
};

const named = (kind: 'parameter' | 'variable', values: JsonObject, name: unknown): unknown => {
  const key = Object.keys(values).find((one) => one.toLowerCase() === String(name).toLowerCase());
  if (key === undefined) throw invalidTemplate(`The template ${kind} '${String(name)}' is not found`);
  return values[key];
};

/** `copyIndex([loop], [offset])` */
const copyIndex = (args: readonly unknown[], loops: Loops): number => {
  const name = typeof args[0] === 'string' ? args[0].toLowerCase() : '';
  const index = loops.get(name);
  if (index === undefined)
    throw invalidTemplate(
      "The template function 'copyIndex' is not expected at this location. The function can only be used in a resource with copy specified",
    );
  const offset = typeof args[0] === 'number' ? args[0] : args[1];
  return index + (typeof offset === 'number' ? offset : 0);
};

const functionsOf = (context: TemplateContext, contentVersion: unknown): ExpressionScope['functions'] => {
  const subscription = `/subscriptions/${context.subscriptionId}`;
  return {
    resourceGroup: () => ({
      id: `${subscription}/resourceGroups/${context.groupName}`,
      name: context.groupName,
      location: context.groupLocation,
      tags: {},
    }),
    subscription: () => ({ id: subscription, subscriptionId: context.subscriptionId, tenantId: context.tenantId }),
    deployment: () => ({ name: context.deployment, properties: { template: { contentVersion } } }),
  };
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
