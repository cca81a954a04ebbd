import { arrayAt, at, isObject, numberAt, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { invalidTemplate } from './template-expression.ts';
import { noLoop, readTemplate } from './template-scope.ts';
import type { Filled, Loops, TemplateContext } from './template-scope.ts';

/** A resource of a template, its expressions put in. */
export interface TemplateResource {
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly body: JsonObject;
  /** Id of what an extension stands on, where the template says so by itself. */
  readonly scope: string | undefined;
  /** Of a deployment inside the template: the group that it goes to. */
  readonly group: string | undefined;
  readonly subscription: string | undefined;
  /** Names, ids, symbolic names and loops of what has to be there before. */
  readonly dependsOn: readonly string[];
  readonly symbol: string | undefined;
  readonly loop: LoopPlace | undefined;
  /** It reads another resource while the deployment runs, so that nobody can check its body before. */
  readonly reads: boolean;
}

interface LoopPlace {
  readonly name: string;
  /** Batches come one after the other; all of a parallel loop is one. */
  readonly batch: number;
}

interface Entry {
  readonly symbol: string | undefined;
  readonly entry: unknown;
  readonly loops: Loops;
  readonly loop: LoopPlace | undefined;
}

/** The turns of a resource's loop, or the resource alone. */
const expanded = (symbol: string | undefined, entry: unknown, { fill, turns }: Filled): readonly Entry[] => {
  const copy = at(entry, 'copy');
  if (copy === undefined) return [{ symbol, entry, loops: noLoop, loop: undefined }];
  const name = textAt(copy, 'name') ?? symbol ?? '';
  if (name === '') throw invalidTemplate("Required property 'name' not found in JSON. Path 'copy'");
  const serial = String(fill(at(copy, 'mode'))).toLowerCase() === 'serial';
  const size = serial ? (numberAt({ size: fill(at(copy, 'batchSize')) }, 'size') ?? 1) : Number.POSITIVE_INFINITY;
  if (size < 1) throw invalidTemplate(`The 'batchSize' of copy '${name}' must be at least 1`);
  return turns({ ...objectAt({ copy }, 'copy'), name }).map((loops, index) => ({
    symbol,
    entry,
    loops: new Map([...loops, ['', index]]),
    loop: { name, batch: Math.floor(index / size) },
  }));
};

/** The entries of a template whose condition holds, not filled yet. */
const entriesOf = (filled: Filled): readonly Entry[] => {
  const listed = filled.template['resources'];
  // Newer templates name their resources instead of listing them.
  const entries: readonly (readonly [string | undefined, unknown])[] = isObject(listed)
    ? Object.entries(listed)
    : arrayAt(filled.template, 'resources').map((one) => [undefined, one] as const);
  for (const [, entry] of entries)
    if (arrayAt(entry, 'resources').length > 0)
      throw invalidTemplate('Resources inside a resource are none that this sandbox runs: list them beside it');
  return entries
    .flatMap(([symbol, entry]) => expanded(symbol, entry, filled))
    .filter(({ entry, loops }) => filled.fill(at(entry, 'condition'), loops) !== false);
};

const isInner = (entry: unknown): boolean =>
  textAt(entry, 'properties', 'expressionEvaluationOptions', 'scope')?.toLowerCase() === 'inner';

const filledEntry = (filled: Filled, { symbol, entry, loops, loop }: Entry): TemplateResource => {
  filled.tookReference();
  const { copy: _loop, ...plain } = objectAt({ entry }, 'entry');
  if (!isInner(plain)) {
    const resource = filled.fill(plain, loops);
    return asResource(resource, { symbol, loop, reads: filled.tookReference() });
  }
  // What is in a template of an inner scope is for that template to read.
  const { template, ...outside } = objectAt(plain, 'properties');
  const { fill } = filled;
  const resource = fill({ ...plain, properties: outside }, loops);
  const properties = { ...objectAt(resource, 'properties'), template };
  return asResource(
    { ...objectAt({ resource }, 'resource'), properties },
    { symbol, loop, reads: filled.tookReference() },
  );
};

/** The resources of a deployment's template, without those whose condition does not hold. */
export const templateResources = (properties: JsonObject, context: TemplateContext): readonly TemplateResource[] => {
  const filled = readTemplate(properties, context);
  return entriesOf(filled).map((entry) => filledEntry(filled, entry));
};

/** One of them by its place, so that what others refer to need not be there yet. */
export const templateResource = (
  properties: JsonObject,
  context: TemplateContext,
  index: number,
): TemplateResource | undefined => {
  const filled = readTemplate(properties, context);
  const found = entriesOf(filled)[index];
  return found === undefined ? undefined : filledEntry(filled, found);
};

const asResource = (
  resource: unknown,
  place: Pick<TemplateResource, 'symbol' | 'loop' | 'reads'>,
): TemplateResource => {
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
    resourceGroup,
    subscriptionId,
    comments: _text,
    ...body
  } = resource;
  return {
    type,
    apiVersion,
    name,
    body,
    scope: typeof scope === 'string' ? scope : undefined,
    group: typeof resourceGroup === 'string' ? resourceGroup : undefined,
    subscription: typeof subscriptionId === 'string' ? subscriptionId : undefined,
    dependsOn: Array.isArray(dependsOn) ? dependsOn.map(String) : [],
    ...place,
  };
};

/** What the template puts out when everything in it is there. */
export const templateOutputs = (properties: JsonObject, context: TemplateContext): JsonObject => {
  const { template, fill, turns } = readTemplate(properties, context);
  return Object.fromEntries(
    Object.entries(objectAt(template, 'outputs'))
      .filter(([, output]) => fill(at(output, 'condition')) !== false)
      .map(([name, output]) => {
        const copy = at(output, 'copy');
        const value =
          copy === undefined ? fill(at(output, 'value')) : turns(copy).map((turn) => fill(at(copy, 'input'), turn));
        return [name, { type: textAt(output, 'type') ?? 'String', value }];
      }),
  );
};
