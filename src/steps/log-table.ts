import { done } from './outputs.ts';
import { step } from './step.ts';

export const logTableName = 'ContainerLogV2';

/**
 * The table that the events arrive in, on the Analytics plan: Sentinel's rules do not run on a Basic table,
 * and a rule over a table that the workspace does not know yet is refused.
 */
export const logTable = step({
  title: 'Prepare the table ContainerLogV2',
  needs: ['workspace'],
  expected: { p50: '15s', p90: '1m' },
  timeout: '15m',

  async probe({ azure, out, signal }) {
    const seen = await azure.tables.find(out.workspace.id, logTableName, signal);
    if (seen === undefined) return { state: 'absent' };
    if (seen.provisioningState !== 'Succeeded')
      return { state: 'converging', detail: `the table is ${seen.provisioningState}` };
    if (seen.plan !== 'Analytics')
      return { state: 'drifted', diff: [`the table's plan is ${seen.plan}; Sentinel's rules need Analytics`] };
    return { state: 'ready', out: done };
  },

  apply: ({ azure, out, signal }) => azure.tables.put(out.workspace.id, logTableName, { plan: 'Analytics' }, signal),
});
