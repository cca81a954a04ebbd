import { done } from './outputs.ts';
import { step } from './step.ts';

/** Microsoft Sentinel on the workspace. It stays after `down`: others may have built on it. */
export const sentinel = step({
  title: 'Switch Microsoft Sentinel on',
  needs: ['workspace'],
  expected: { p50: '20s', p90: '1m' },
  timeout: '30m',

  async probe({ azure, out, signal }) {
    return (await azure.sentinel.onboarded(out.workspace.id, signal))
      ? { state: 'ready', out: done }
      : { state: 'absent' };
  },

  apply: ({ azure, out, signal }) => azure.sentinel.onboard(out.workspace.id, signal),
});
