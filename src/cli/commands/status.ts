import { command } from '../command.ts';

export const statusCommand = command({
  name: 'status',
  summary: 'Is every part there, and does it work?',
  details: [
    '--watch shows what a run of any process or machine is doing, from the side of the cloud: it asks the parts themselves and needs no journal. It',
    'ends when all of them are ready. -o ndjson (and json) prints an event for each change.',
  ],
  examples: ['status', 'status --sandbox', 'status --wait 10m', 'status --watch', 'status -o json'],
  options: {
    wait: { type: 'duration', value: 'DURATION', help: 'ask again until everything is well, at most this long' },
    watch: { type: 'switch', help: 'show every change until all is ready; with --wait at most so long' },
    exitCode: { type: 'switch', help: 'exit 6 when something differs from the config' },
  },
  config: 'identity',
  watches: ({ watch }) => watch === true,
  run: async (context, options) =>
    options.watch === true
      ? (await import('../run/follow.ts')).runFollow(context, options)
      : (await import('../run/status.ts')).runStatus(context, options),
  text: async (result, page) =>
    result === undefined ? '' : (await import('../../render/status.ts')).statusText(result, page),
});
