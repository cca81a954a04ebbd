import { faultNames } from './fault-names.ts';
import type { OptionSpecs } from './option.ts';

/** Of every sandbox that is started, by whichever command: their variables hold for a run that starts one, too. */
export const servingOptions = {
  port: { type: 'integer', value: 'N', help: 'first of four ports in a row', fallback: 'free ones' },
  charts: { type: 'text', value: 'DIR', help: 'folder with the real charts', fallback: 'stand-ins of ours' },
  kubeconfig: { type: 'text', value: 'FILE', help: 'a real cluster behind the imitated Azure: its current context' },
  kubernetesService: {
    type: 'text',
    value: 'HOST',
    help: "where the real cluster's nodes reach its API server",
    fallback: 'what the cluster says',
  },
  allowRemoteCluster: {
    type: 'switch',
    help: 'take a real cluster that is neither on this machine nor in a private network',
  },
  fault: {
    type: 'list',
    value: 'NAME[:key=value,…],…',
    help: `faults that are there from the start, by name (docs/sandbox.md says what they do): ${faultNames.join(', ')}`,
  },
} as const satisfies OptionSpecs;
