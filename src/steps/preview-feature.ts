import { Problem } from '../errors/problem.ts';
import type { StepContext } from '../engine/step.ts';
import { done } from './outputs.ts';
import type { Services } from './services.ts';
import { step } from './step.ts';

const namespace = 'Microsoft.ContainerService';
const feature = 'KubeProxyConfigurationPreview';

/**
 * Asks for the preview feature and does not wait for it: AKS has not asked for it on BYO CNI clusters since 2025-04,
 * and where it does, the step that is refused waits (awaitFeature).
 */
export const previewFeature = step({
  title: 'Ask for the kube-proxy preview feature',
  needs: ['providers'],
  expected: { p50: '5s', p90: '15s' },
  timeout: '5m',

  async probe({ azure, signal, warn }) {
    const state = await azure.features.state(namespace, feature, signal);
    if (state === 'Registered' || state === 'Registering') return { state: 'ready', out: done };
    if (state !== 'Pending') return { state: 'absent', detail: state };
    warn(
      'feature-pending',
      `${namespace}/${feature} waits for Microsoft's approval; the run goes on, because AKS may not ask for it`,
    );
    return { state: 'ready', out: done };
  },

  apply: ({ azure, signal }) => azure.features.register(namespace, feature, signal),
});

/** Whether AKS refused kubeProxyConfig because the feature is not registered yet. */
export const needsFeature = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'KubeProxyConfigFeatureNotRegistered';

/** Waits until the feature is registered and has reached the provider, which learns of it only when it is registered again. */
export const awaitFeature = async ({
  azure,
  clock,
  signal,
  progress,
}: Services & StepContext<object>): Promise<void> => {
  for (;;) {
    const state = await azure.features.state(namespace, feature, signal);
    if (state === 'Registered') break;
    progress(`preview feature ${feature}: ${state}`);
    if (state !== 'Registering' && state !== 'Pending') await azure.features.register(namespace, feature, signal);
    await clock.sleep(azure.pollIntervalMs, signal);
  }
  await azure.providers.register(namespace, signal);
};
