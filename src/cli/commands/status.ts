import { command } from '../command.ts';

export const statusCommand = command({
  name: 'status',
  summary: 'Is every part there, and does it work?',
  examples: ['status', 'status --sandbox', 'status --wait 10m', 'status -o json'],
  options: {
    wait: { type: 'duration', value: 'DURATION', help: 'ask again until everything is well, at most this long' },
    exitCode: { type: 'switch', help: 'exit 6 when something differs from the config' },
  },
  config: 'identity',
  run: async (context, options) => (await import('../run/status.ts')).runStatus(context, options),
  text: async (result, page) => (await import('../../render/status.ts')).statusText(result, page),
});
