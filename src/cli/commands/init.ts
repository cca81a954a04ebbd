import { command } from '../command.ts';

export const initCommand = command({
  name: 'init',
  aliases: ['up', 'resume'],
  summary: 'Builds the deployment, or continues where the last run stopped',
  details: [
    'Asks for what is missing where somebody can be asked, then makes an AKS cluster without kube-proxy, with Cilium and Tetragon,',
    'whose events go to Log Analytics and Microsoft Sentinel. It can be stopped at any instant, on any machine, and run again.',
  ],
  examples: [
    'init',
    'init --sandbox',
    'init --subscription 11111111-1111-4111-8111-111111111111 --location uksouth --yes',
    'init --config prod.yaml --yes --output ndjson',
  ],
  options: {
    fixDrift: { type: 'switch', help: 'put right what differs from the config without asking' },
    acceptChanges: { type: 'switch', help: 'go on without asking with a config that changed since the last run' },
    installTools: { type: 'switch', help: 'fetch the pinned helm into the user cache where PATH has none' },
    helm: { type: 'text', value: 'FILE', help: 'helm binary to use', fallback: 'helm from PATH' },
  },
  config: 'all',
  readsValues: true,
  wizard: true,
  follows: true,
  run: async (context, options) => (await import('../run/init.ts')).runInit(context, options),
});
