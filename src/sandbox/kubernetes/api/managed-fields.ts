import type { KubeObject } from '../objects.ts';
import { asGoWrites } from './go-writing.ts';
import { compareFields, type Change } from './field-changes.ts';
import { fieldsOf, minus, parseFields, union, writeFields, type FieldSet } from './field-set.ts';
import { isObject, listAt, textAt, valueAt } from './json.ts';
import type { Shape } from './shape.ts';

/** One manager's fields, as `metadata.managedFields` lists them. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** Fields that belong to the server, never to a manager. */
const serverFields = new Set(
  [
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'selfLink',
    'clusterName',
    'managedFields',
  ]
    .map((field) => `f:metadata\u0000f:${field}`)
    .concat('f:apiVersion', 'f:kind', 'f:metadata'),
);
const isServers = (path: string): boolean =>
  serverFields.has(path) || path.startsWith('f:metadata\u0000f:managedFields\u0000');

/** Fields a manager could own. */
export const ownable = (object: unknown, shape: Shape): Set<string> =>
  new Set([...fieldsOf(object, shape)].filter((path) => !isServers(path)));

export const managersOf = (object: unknown): readonly Manager[] =>
  listAt(object, 'metadata', 'managedFields')
    .filter(isObject)
    .map((entry) => ({
      name: textAt(entry, 'manager') ?? '',
      operation: textAt(entry, 'operation') === 'Apply' ? 'Apply' : 'Update',
      apiVersion: textAt(entry, 'apiVersion') ?? '',
      subresource: textAt(entry, 'subresource') ?? '',
      time: textAt(entry, 'time'),
      fields: parseFields(entry['fieldsV1']),
    }));

/** The object with these managers, in the API server's order: applies first, then by time and name. Managers of nothing are left out. */
export const withManagers = (object: KubeObject, managers: readonly Manager[]): KubeObject => {
  const { managedFields: _m, ...metadata } = object.metadata;
  const entries = managers
    .filter(({ fields }) => fields.size > 0)
    .toSorted(
      (a, b) => compare(a.operation, b.operation) || compare(a.time ?? '', b.time ?? '') || compare(a.name, b.name),
    )
    .map(({ name, operation, apiVersion, subresource, time, fields }) => ({
      manager: name,
      operation,
      apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: writeFields(fields),
      ...(subresource === '' ? {} : { subresource }),
    }));
  return { ...object, metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries } };
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Which ownable fields differ. */
export const changeBetween = (before: unknown, after: unknown, shape: Shape): Change => {
  const { changed, removed } = compareFields(before, after, shape);
  const ownable = (paths: FieldSet): Set<string> => new Set([...paths].filter((path) => !isServers(path)));
  return { changed: ownable(changed), removed: ownable(removed) };
};

export interface Writer {
  readonly name: string;
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
}

/** Managers after an ordinary write: who changed a field owns it alone. The time moves only for a manager whose fields changed. */
export const trackUpdate = (
  live: KubeObject | undefined,
  next: KubeObject,
  shape: Shape,
  writer: Writer,
): KubeObject => {
  const sent = valueAt(next, 'metadata', 'managedFields');
  const reset = Array.isArray(sent) && sent.length === 1 && isObject(sent[0]) && Object.keys(sent[0]).length === 0;
  if (reset) return withManagers(next, []);
  const managers = Array.isArray(sent) && sent.length > 0 ? managersOf(next) : managersOf(live);
  const { changed, removed } = changeBetween(asGoWrites(live ?? {}, shape), next, shape);
  const mine = (manager: Manager): boolean =>
    manager.name === writer.name &&
    manager.operation === 'Update' &&
    manager.subresource === writer.subresource &&
    manager.apiVersion === writer.apiVersion;
  const own = managers.find(mine);
  const fields = union(minus(own?.fields ?? new Set(), removed), changed);
  const others = managers
    .filter((manager) => !mine(manager))
    .map((manager) => ({ ...manager, fields: minus(minus(manager.fields, changed), removed) }));
  const unchanged = own !== undefined && changed.size === 0;
  return withManagers(next, [
    ...others,
    {
      name: writer.name,
      operation: 'Update',
      apiVersion: writer.apiVersion,
      subresource: writer.subresource,
      // Scale keeps books of its own, without times.
      time: writer.subresource === 'scale' ? undefined : unchanged ? own.time : writer.time,
      fields,
    },
  ]);
};
