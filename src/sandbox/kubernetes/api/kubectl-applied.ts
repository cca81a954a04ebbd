import type { KubeObject } from '../objects.ts';
import { minus, type FieldSet } from './field-set.ts';
import { isObject } from './json.ts';
import { changeBetween, ownable } from './managed-fields.ts';
import type { Shape } from './shape.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** The manager under which `kubectl apply --server-side` writes unless it is told another name. */
const KUBECTL = 'kubectl';

/**
 * The fields that kubectl applied from the client's side and that nobody has changed since: the server lets kubectl take them
 * over from itself, so that going over to server-side apply is no conflict. Empty for every other manager.
 */
export const ownEarlierFields = (live: KubeObject | undefined, shape: Shape, manager: string): FieldSet => {
  const applied = manager === KUBECTL ? lastApplied(live) : undefined;
  if (live === undefined || applied === undefined) return new Set();
  return minus(ownable(applied, shape), changeBetween(live, applied, shape).changed);
};

const lastApplied = (live: KubeObject | undefined): KubeObject | undefined => {
  const text = live?.metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) && isObject(parsed['metadata']) ? (parsed as KubeObject) : undefined;
  } catch {
    return undefined;
  }
};

/** Where kubectl's annotation is, the server keeps it in step with what kubectl applies, for clients that go back. */
export const withLastApplied = (
  live: KubeObject | undefined,
  next: KubeObject,
  config: KubeObject,
  manager: string,
): KubeObject => {
  if (manager !== KUBECTL || live?.metadata.annotations?.[LAST_APPLIED] === undefined) return next;
  const { managedFields: _m, annotations, ...metadata } = config.metadata;
  const { [LAST_APPLIED]: _a, ...others } = annotations ?? {};
  const plain = {
    ...config,
    metadata: { ...metadata, ...(Object.keys(others).length === 0 ? {} : { annotations: others }) },
  };
  const text = `${JSON.stringify(byKey(plain))}\n`;
  return {
    ...next,
    metadata: { ...next.metadata, annotations: { ...next.metadata.annotations, [LAST_APPLIED]: text } },
  };
};

const byKey = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(byKey);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, byKey(child)]),
  );
};
