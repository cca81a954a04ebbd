import { command } from '../command.ts';

export const configSchemaCommand = command({
  name: 'config schema',
  summary: 'Prints the JSON Schema of the config file',
  examples: ['config schema > aks-ebpf-sentinel.schema.json'],
  options: {},
  config: 'none',
  run: async () => ({ result: (await import('../../config/schema.ts')).configSchema(), exitCode: 0 }),
  text: (result) => Promise.resolve(JSON.stringify(result, undefined, 2)),
});

export const configShowCommand = command({
  name: 'config show',
  summary: 'Prints the complete config: what was given, what is derived, and where each value comes from',
  examples: ['config show', 'config show --location uksouth -o json'],
  options: {},
  config: 'all',
  run: async (context) => {
    const { config, sources } = await context.resolved();
    return { result: { config, sources }, exitCode: 0 };
  },
  text: async (result, page) => (await import('../../render/config.ts')).configText(result, page),
});
