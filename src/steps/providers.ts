import { done } from './outputs.ts';
import { step } from './step.ts';

/** Ours, and those that AKS and Container Insights call on our behalf. */
export const neededProviders = [
  'Microsoft.ContainerService',
  'Microsoft.OperationalInsights',
  'Microsoft.OperationsManagement',
  'Microsoft.SecurityInsights',
  'Microsoft.Insights',
  'Microsoft.Compute',
  'Microsoft.Network',
] as const;

/** Resource providers of the subscription. They stay registered after `down`: registration is free, and others may rely on it. */
export const providers = step({
  title: 'Register the resource providers',
  needs: [],
  expected: { p50: '40s', p90: '2m' },
  timeout: '15m',

  async probe({ azure, signal }) {
    const states = await Promise.all(
      neededProviders.map(async (namespace) => ({ namespace, state: await azure.providers.state(namespace, signal) })),
    );
    const open = states.filter(({ state }) => state !== 'Registered');
    if (open.length === 0) return { state: 'ready', out: done };
    const names = open.map(({ namespace, state }) => `${namespace} ${state}`).join(', ');
    return open.every(({ state }) => state === 'Registering')
      ? { state: 'converging', detail: names }
      : { state: 'absent', detail: names };
  },

  async apply({ azure, signal }) {
    await Promise.all(
      neededProviders.map(async (namespace) => {
        const state = await azure.providers.state(namespace, signal);
        if (state !== 'Registered' && state !== 'Registering') await azure.providers.register(namespace, signal);
      }),
    );
  },
});
