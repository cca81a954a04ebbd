import type { KubeObject } from '../objects.ts';
import { type Fields, at, fieldsAt, listAt, textAt, textMapAt, textsAt } from './fields.ts';

type Labels = Readonly<Record<string, string>>;

export const labelsOf = (object: KubeObject): Labels => object.metadata.labels ?? {};

const meets = (labels: Labels, expression: Fields): boolean => {
  const value = labels[textAt(expression, 'key') ?? ''];
  const values = textsAt(expression, 'values');
  switch (textAt(expression, 'operator') ?? '') {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
};

export const matchesLabels = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);

/** A LabelSelector: an empty one matches everything, an absent one nothing. */
export const matchesSelector = (labels: Labels, selector: unknown): boolean =>
  selector !== undefined &&
  selector !== null &&
  matchesLabels(labels, textMapAt(selector, 'matchLabels')) &&
  listAt(selector, 'matchExpressions').every((expression) => meets(labels, expression));

/** nodeSelector and required node affinity of a pod spec. */
export const matchesNode = (podSpec: unknown, node: KubeObject): boolean => {
  const labels = labelsOf(node);
  if (!matchesLabels(labels, textMapAt(podSpec, 'nodeSelector'))) return false;
  const required = at(podSpec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  if (required === undefined || required === null) return true;
  const names = { 'metadata.name': node.metadata.name };
  return listAt(required, 'nodeSelectorTerms').some(
    (term) =>
      listAt(term, 'matchExpressions').every((expression) => meets(labels, expression)) &&
      listAt(term, 'matchFields').every((field) => meets(names, field)),
  );
};

export const tolerates = (tolerations: readonly Fields[], taint: Fields): boolean =>
  tolerations.some((toleration) => {
    const effect = textAt(toleration, 'effect') ?? '';
    const key = textAt(toleration, 'key') ?? '';
    if (effect !== '' && effect !== taint['effect']) return false;
    if (textAt(toleration, 'operator') === 'Exists') return key === '' || key === taint['key'];
    return key === taint['key'] && (textAt(toleration, 'value') ?? '') === (textAt(taint, 'value') ?? '');
  });

export const taintsOf = (node: KubeObject): readonly Fields[] => listAt(node, 'spec', 'taints');

/** The first taint that keeps these tolerations away, of the effects that scheduling looks at. */
export const untolerated = (tolerations: readonly Fields[], node: KubeObject): Fields | undefined =>
  taintsOf(node).find((taint) => taint['effect'] !== 'PreferNoSchedule' && !tolerates(tolerations, taint));

export const requiredPodTerms = (podSpec: unknown, kind: 'podAffinity' | 'podAntiAffinity'): readonly Fields[] =>
  listAt(fieldsAt(podSpec, 'affinity', kind), 'requiredDuringSchedulingIgnoredDuringExecution');
