import type { KubeObject } from '../objects.ts';
import { badRequest } from './api-error.ts';
import { meets, parseLabelSelector } from './label-selector.ts';
import { listAt, objectAt, printed, textAt, valueAt } from './json.ts';

export type Matcher = (object: KubeObject) => boolean;

/** A label selector as a query parameter carries it. */
export const labelMatcher = (selector: string | null): Matcher => {
  const requirements = parseLabelSelector(selector ?? '');
  return ({ metadata }) => requirements.every((requirement) => meets(metadata.labels ?? {}, requirement));
};

/** Kinds whose other fields can be selected; for all others only name and namespace can. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  secrets: ['type'],
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
  jobs: ['status.successful'],
  replicasets: ['status.replicas'],
  services: ['spec.clusterIP', 'spec.type'],
  certificatesigningrequests: ['spec.signerName'],
};

/** `metadata.name=x,status.phase!=Running`; unknown fields are refused as the API server does. */
export const fieldMatcher = (plural: string, custom: boolean, selector: string | null): Matcher => {
  if (selector === null || selector === '') return () => true;
  const tests = selector.split(',').map((text): Matcher => {
    const [, field = '', operator, value = ''] = /^([^!=]*)(==|=|!=)(.*)$/.exec(text) ?? [];
    if (operator === undefined) throw badRequest(`invalid selector: '${selector}'; can't understand '${text}'`);
    if (!['metadata.name', 'metadata.namespace', ...(selectable[plural] ?? [])].includes(field)) {
      throw badRequest(
        custom || plural in selectable
          ? `field label not supported: ${field}`
          : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
      );
    }
    return (object) => (read(object, field) === value) === (operator !== '!=');
  });
  return (object) => tests.every((test) => test(object));
};

const read = (object: KubeObject, field: string): string => {
  if (field === 'source') return textAt(object, 'source', 'component') ?? '';
  const value = valueAt(object, ...field.split('.'));
  return value === undefined || value === null ? '' : printed(value);
};

/** A LabelSelector object, as workloads carry it, over labels. An empty one selects everything. */
export const selectorMatches = (selector: unknown, labels: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(objectAt(selector, 'matchLabels')).every(([key, value]) => labels[key] === value) &&
  listAt(selector, 'matchExpressions').every((expression) => {
    const key = textAt(expression, 'key') ?? '';
    const values = listAt(expression, 'values');
    switch (textAt(expression, 'operator') ?? '') {
      case 'In':
        return key in labels && values.includes(labels[key]);
      case 'NotIn':
        return !(key in labels) || !values.includes(labels[key]);
      case 'Exists':
        return key in labels;
      case 'DoesNotExist':
        return !(key in labels);
      default:
        return false;
    }
  });
