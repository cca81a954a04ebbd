import { anyClusterOptions } from '../any-cluster-options.ts';
import { command } from '../command.ts';

export const ciliumStatusCommand = command({
  name: 'cilium status',
  summary: 'Are the agents well on every node, and is kube-proxy really replaced?',
  examples: [
    'cilium status',
    'cilium status --wait 5m',
    'cilium status --kubeconfig ~/.kube/config --context kind-lab',
    'cilium status -o json',
  ],
  options: {
    wait: { type: 'duration', value: 'DURATION', help: 'ask again until everything is well, at most this long' },
    node: { type: 'text', value: 'NAME', help: 'only this node' },
    ...anyClusterOptions,
  },
  config: 'identity',
  run: async (context, options) => (await import('../run/agent-status.ts')).runCiliumStatus(context, options),
  text: async (result, page) => (await import('../../render/cilium-status.ts')).ciliumStatusText(result, page),
});
