import type { KubeObject } from '../objects.ts';
import { isObject, valueAt } from './json.ts';

/** Fields that admission or a kind's own strategy fills in a new object, after it was noted whose fields are whose. */
const filled: Readonly<Record<string, readonly string[]>> = {
  Namespace: ['spec.finalizers', 'spec', 'status.phase'],
  PersistentVolumeClaim: ['status.phase'],
  Pod: [
    'status.phase',
    'status.qosClass',
    'spec.serviceAccountName',
    'spec.serviceAccount',
    'spec.preemptionPolicy',
    'spec.priority',
    'spec.tolerations',
  ],
  Service: ['spec.ipFamilies', 'spec.ipFamilyPolicy'],
};

/** A new object as its field manager sees it: with defaults, but without what nobody will own. */
export const ownedPart = (defaulted: KubeObject, given: KubeObject): KubeObject =>
  (filled[defaulted.kind] ?? []).reduce<KubeObject>((object, place) => {
    const path = place.split('.');
    return replaced(object, path, valueAt(given, ...path)) as KubeObject;
  }, defaulted);

const replaced = (object: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown => {
  if (!isObject(object) || object[key] === undefined) return object;
  const { [key]: child, ...others } = object;
  const next = rest.length === 0 ? value : replaced(child, rest, value);
  return next === undefined ? others : { ...others, [key]: next };
};
