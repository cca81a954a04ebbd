import { command } from '../command.ts';

export const downCommand = command({
  name: 'down',
  summary: 'Removes what this deployment made, after saying what',
  details: [
    'Only what carries the mark of this deployment is removed, in reverse order. A deleted workspace comes back with its old data when the same',
    'name is created again within 14 days; --workspace-data purge deletes it for good.',
  ],
  examples: ['down', 'down --sandbox --yes', 'down --yes --workspace-data purge'],
  options: {
    workspaceData: {
      type: 'choice',
      choices: ['keep', 'purge'],
      help: 'what becomes of the data in the workspace',
      fallback: 'asked at a terminal, else keep',
    },
  },
  config: 'identity',
  follows: true,
  run: async (context, options) => (await import('../run/down.ts')).runDown(context, options),
});
