import { command } from '../command.ts';

export const planCommand = command({
  name: 'plan',
  summary: 'Shows what exists and what `init` would do; changes nothing',
  examples: ['plan', 'plan --sandbox', 'plan -o json'],
  options: {},
  config: 'all',
  readsValues: true,
  run: async (context) => (await import('../run/plan.ts')).runPlan(context),
  text: async (result, page) => (await import('../../render/plan.ts')).planText(result, page),
});
