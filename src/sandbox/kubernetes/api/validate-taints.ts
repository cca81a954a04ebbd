import type { KubeObject } from '../objects.ts';
import { required, type StatusCause } from './api-error.ts';
import { listAt, textAt } from './json.ts';

/** Taints of a node: each with an effect, and none twice. The API server calls them metadata. */
export const nodeTaints = (node: KubeObject): readonly StatusCause[] => {
  const taints = listAt(node, 'spec', 'taints');
  const ids = taints.map((taint) => `${textAt(taint, 'key') ?? ''}:${textAt(taint, 'effect') ?? ''}`);
  return taints.flatMap((taint, index) => {
    const field = `metadata.taints[${index}]`;
    const [Key, Value, Effect] = ['key', 'value', 'effect'].map((key) => textAt(taint, key) ?? '');
    if (Effect === '') return [required(`${field}.effect`)];
    if (ids.indexOf(ids[index] ?? '') === index) return [];
    const shown = JSON.stringify({ Key, Value, Effect, TimeAdded: null });
    const message = `Duplicate value: ${shown}: taints must be unique by key and effect pair`;
    return [{ reason: 'FieldValueDuplicate', message, field }];
  });
};
