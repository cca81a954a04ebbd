import type { OptionSpecs } from './option.ts';

/** Lead a command to a cluster that Azure need not know. */
export const anyClusterOptions = {
  kubeconfig: { type: 'text', value: 'FILE', help: 'of any cluster, by its kubeconfig: no Azure, no sign-in' },
  context: { type: 'text', value: 'NAME', help: 'another context of the kubeconfig than its current one' },
} as const satisfies OptionSpecs;
