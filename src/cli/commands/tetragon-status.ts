import { anyClusterOptions } from '../any-cluster-options.ts';
import { command } from '../command.ts';

export const tetragonStatusCommand = command({
  name: 'tetragon status',
  summary: 'Are the agents up, and is every tracing policy loaded on every node?',
  examples: [
    'tetragon status',
    'tetragon status --wait 5m',
    'tetragon status --kubeconfig ~/.kube/config --context kind-lab',
    'tetragon status -o json | jq .policies',
  ],
  options: {
    wait: { type: 'duration', value: 'DURATION', help: 'ask again until everything is well, at most this long' },
    node: { type: 'text', value: 'NAME', help: 'only this node' },
    ...anyClusterOptions,
  },
  config: 'identity',
  run: async (context, options) => (await import('../run/agent-status.ts')).runTetragonStatus(context, options),
  text: async (result, page) => (await import('../../render/tetragon-status.ts')).tetragonStatusText(result, page),
});
