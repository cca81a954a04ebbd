import { command } from '../command.ts';

export const planCommand = command({
  name: 'plan',
  summary: 'Shows what exists and what `init` would do; changes nothing',
  examples: ['plan', 'plan --sandbox', 'plan -o json'],
  options: {
    helm: { type: 'text', value: 'FILE', help: 'helm binary to use', fallback: 'helm from PATH' },
  },
  config: 'all',
  run: async (context, options) => (await import('../run/plan.ts')).runPlan(context, options),
  text: async (result, page) => (await import('../../render/plan.ts')).planText(result, page),
});
