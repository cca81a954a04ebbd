import type { KubeObject, ObjectStore, Resource } from '../objects.ts';
import { isObject, listAt, numberAt, objectAt, textAt, valueAt, type JsonObject } from './json.ts';
import { builtin } from './resource-table.ts';

/**
 * Kinds that the API shows in two shapes and keeps once: events of `events.k8s.io` are those of the core group, and autoscaling/v1 sees
 * the autoscalers of autoscaling/v2.
 */
interface View {
  readonly stored: Resource;
  /** The stored object in this shape; one that has it already is left alone. */
  show(object: KubeObject): KubeObject;
  keep(object: KubeObject): KubeObject;
}

/** Names of the newer Event's fields, by those of the older. */
const eventFields: Readonly<Record<string, string>> = {
  involvedObject: 'regarding',
  message: 'note',
  reportingComponent: 'reportingController',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
};
const olderFields = Object.fromEntries(Object.entries(eventFields).map(([older, newer]) => [newer, older]));

const renamed = (object: KubeObject, names: Readonly<Record<string, string>>, apiVersion: string): KubeObject => ({
  ...(Object.fromEntries(Object.entries(object).map(([key, value]) => [names[key] ?? key, value])) as KubeObject),
  apiVersion,
});

const newer = 'events.k8s.io/v1';
/** An event as `events.k8s.io/v1` shows it. */
export const asNewEvent = (event: KubeObject): KubeObject =>
  event.apiVersion === newer ? event : renamed(event, eventFields, newer);
export const asCoreEvent = (event: KubeObject): KubeObject =>
  event.apiVersion === newer ? renamed(event, olderFields, 'v1') : event;

const cpuTarget = (metric: unknown): number | undefined =>
  textAt(metric, 'resource', 'name') === 'cpu'
    ? numberAt(metric, 'resource', 'target', 'averageUtilization')
    : undefined;

const withSpec = (object: KubeObject, apiVersion: string, spec: JsonObject): KubeObject => ({
  ...object,
  apiVersion,
  spec,
});

/** autoscaling/v1 knows the utilization of CPU alone. */
const asAutoscalerV1 = (object: KubeObject): KubeObject => {
  if (object.apiVersion === 'autoscaling/v1') return object;
  const { metrics: _m, behavior: _b, ...spec } = objectAt(object, 'spec');
  const target = listAt(object, 'spec', 'metrics').flatMap((metric) => cpuTarget(metric) ?? [])[0];
  const { conditions: _c, currentMetrics, ...status } = objectAt(object, 'status');
  const [current] = (Array.isArray(currentMetrics) ? currentMetrics : []).filter(
    (metric) => textAt(metric, 'resource', 'name') === 'cpu',
  );
  const used = numberAt(current, 'resource', 'current', 'averageUtilization');
  const shown = withSpec(object, 'autoscaling/v1', {
    ...spec,
    ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }),
  });
  return isObject(object['status'])
    ? { ...shown, status: { ...status, ...(used === undefined ? {} : { currentCPUUtilizationPercentage: used }) } }
    : shown;
};

const asAutoscalerV2 = (object: KubeObject): KubeObject => {
  if (object.apiVersion !== 'autoscaling/v1') return object;
  const { targetCPUUtilizationPercentage: target, ...spec } = objectAt(object, 'spec');
  const { currentCPUUtilizationPercentage: used, ...status } = objectAt(object, 'status');
  const cpu = (key: 'target' | 'current', value: JsonObject): JsonObject => ({
    type: 'Resource',
    resource: { name: 'cpu', [key]: value },
  });
  const kept = withSpec(object, 'autoscaling/v2', {
    ...spec,
    ...(typeof target !== 'number'
      ? {}
      : { metrics: [cpu('target', { type: 'Utilization', averageUtilization: target })] }),
  });
  return valueAt(object, 'status') === undefined
    ? kept
    : {
        ...kept,
        status: {
          ...status,
          ...(typeof used !== 'number' ? {} : { currentMetrics: [cpu('current', { averageUtilization: used })] }),
        },
      };
};

const views: Readonly<Record<string, View>> = {
  'events.k8s.io/v1/events': { stored: builtin('events'), show: asNewEvent, keep: asCoreEvent },
  'autoscaling/v1/horizontalpodautoscalers': {
    stored: builtin('horizontalpodautoscalers'),
    show: asAutoscalerV1,
    keep: asAutoscalerV2,
  },
};

const viewOf = ({ group, version, plural }: Resource): View | undefined => views[`${group}/${version}/${plural}`];

/** Where objects of this resource are kept: under itself, or under the resource that it is a view of. */
export const keptAs = (resource: Resource): Resource => viewOf(resource)?.stored ?? resource;

/** Whether both are stored in one place. */
export const isSameKind = (a: Resource, b: Resource): boolean => {
  const [left, right] = [keptAs(a), keptAs(b)];
  return left.plural === right.plural && left.group === right.group;
};

export const shown = (resource: Resource, object: KubeObject): KubeObject => viewOf(resource)?.show(object) ?? object;

/** The object in the shape in which it is stored. */
export const keptForm = (resource: Resource, object: KubeObject): KubeObject =>
  viewOf(resource)?.keep(object) ?? object;

/** The store as the API server asks it: by any resource that it serves. */
export const storeOfViews = (store: ObjectStore): ObjectStore => ({
  ...store,
  get: (resource, namespace, name) => store.get(keptAs(resource), namespace, name),
  list: (resource, namespace) => store.list(keptAs(resource), namespace),
  create: (resource, object) => store.create(keptAs(resource), keptForm(resource, object)),
  replace: (resource, object) => store.replace(keptAs(resource), keptForm(resource, object)),
  remove: (resource, namespace, name) => store.remove(keptAs(resource), namespace, name),
});
