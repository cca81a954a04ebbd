import type { KubeObject } from '../objects.ts';
import { badRequest } from './api-error.ts';
import { listAt, objectAt, printed, textAt, valueAt } from './json.ts';

export type Matcher = (object: KubeObject) => boolean;

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k` as kubectl writes it. */
export const labelMatcher = (selector: string | null): Matcher => {
  if (selector === null || selector.trim() === '') return () => true;
  const tests = splitOutsideParentheses(selector).map(requirement);
  return ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}));
};

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

const requirement = (text: string): LabelTest => {
  const set = /^\s*(\S+)\s+(in|notin)\s*\(([^)]*)\)\s*$/.exec(text);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return operator === 'in'
      ? (labels) => labels[key] !== undefined && values.includes(labels[key])
      : (labels) => labels[key] === undefined || !values.includes(labels[key]);
  }
  const pair = /^\s*([^\s!=]+)\s*(==|=|!=)\s*(\S*)\s*$/.exec(text);
  if (pair !== null) {
    const [, key = '', operator, value] = pair;
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const exists = /^\s*(!?)\s*([^\s!=(),]+)\s*$/.exec(text);
  if (exists === null)
    throw badRequest(`unable to parse requirement: found '${text.trim()}', expected: a label selector`);
  const [, not, key = ''] = exists;
  return not === '!' ? (labels) => labels[key] === undefined : (labels) => labels[key] !== undefined;
};

const splitOutsideParentheses = (text: string): readonly string[] => text.split(/,(?![^(]*\))/);

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
export const fieldMatcher = (plural: string, groupVersionText: string, selector: string | null): Matcher => {
  if (selector === null || selector === '') return () => true;
  const tests = selector.split(',').map((text): Matcher => {
    const [, field = '', operator, value = ''] = /^\s*([^!=\s]+)\s*(==|=|!=)\s*(.*?)\s*$/.exec(text) ?? [];
    if (!['metadata.name', 'metadata.namespace', ...(selectable[plural] ?? [])].includes(field)) {
      throw badRequest(
        `Unable to find "${groupVersionText}, Resource=${plural}" that match label selector "", field selector "${selector}": field label not supported: ${field}`,
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
