import type { KubeObject } from '../objects.ts';
import type { Fields } from './fields.ts';

/** What every condition of a pod carries beside its own: a time that nobody sets, and the generation it speaks of. */
export const observed = (pod: KubeObject): Fields => ({
  lastProbeTime: null,
  observedGeneration: pod.metadata.generation ?? 1,
});
