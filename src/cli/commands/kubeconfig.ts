import { command } from '../command.ts';

export const kubeconfigCommand = command({
  name: 'kubeconfig',
  summary: 'Prints the kubeconfig of the cluster, or writes it to a file for you alone',
  examples: ['kubeconfig --file ./kubeconfig', 'kubeconfig > kubeconfig', 'kubeconfig --sandbox --file ./kubeconfig'],
  options: {
    file: { type: 'text', value: 'FILE', help: 'write it here (mode 0600) instead of printing it' },
  },
  config: 'identity',
  reveals: true,
  run: async (context, options) => (await import('../run/kubeconfig.ts')).runKubeconfig(context, options),
  text: (result) =>
    Promise.resolve(
      'file' in result
        ? `Written to ${result.file}. Use it with:  kubectl --kubeconfig ${result.file} get nodes`
        : result.kubeconfig,
    ),
});
