import { command } from '../command.ts';

export const cancelCommand = command({
  name: 'cancel',
  summary: 'Stops the run and aborts what AKS is doing, and says what remains',
  details: [
    'A run of this deployment on this machine is asked to end, then the operation that runs on the AKS cluster is aborted: AKS stops where it is and',
    'undoes nothing. What was made stays and is billed; `init` goes on with it, `down` removes it. A deletion is never aborted.',
  ],
  examples: ['cancel', 'cancel --yes', 'cancel --sandbox --yes -o json'],
  options: {
    wait: {
      type: 'duration',
      value: 'DURATION',
      help: 'how long AKS may take to come to rest; then exit 8',
      fallback: '10m',
    },
  },
  config: 'identity',
  run: async (context, options) => (await import('../run/cancel.ts')).runCancel(context, options),
  text: async (result, page) => (await import('../../render/cancelled.ts')).cancelledText(result, page),
});
