import { expect, test } from 'vitest';
import { neededProviders } from '../../src/steps/providers.ts';
import { world } from '../support/world.ts';

const signal = new AbortController().signal;

test('registers what is not registered, waits for all of it, and asks for nothing twice', async () => {
  const { azure, run, sandbox } = await world();
  await run('providers');
  const states = await Promise.all(neededProviders.map((namespace) => azure.providers.state(namespace, signal)));
  expect(new Set(states)).toEqual(new Set(['Registered']));
  await expect(run('providers')).resolves.toMatchObject({ changed: false });
  const posts = (await sandbox.requests()).filter(({ method, path }) => method === 'POST' && /\/register$/i.test(path));
  expect(new Set(posts.map(({ path }) => path)).size).toBe(posts.length);
});

test('asks for the preview feature and does not wait for it', async () => {
  const { azure, run, sandbox } = await world();
  await sandbox.fault({ name: 'feature-stuck' });
  await run('preview-feature');
  expect(await azure.features.state('Microsoft.ContainerService', 'KubeProxyConfigurationPreview', signal)).toBe(
    'Registering',
  );
});

test('a feature that waits for approval is a warning, and the run goes on', async () => {
  const { azure, run, services } = await world();
  await run('providers');
  const features = { ...services.azure.features, state: async () => 'Pending' };
  const { previewFeature } = await import('../../src/steps/preview-feature.ts');
  const warnings: string[] = [];
  const seen = await previewFeature.probe({
    ...services,
    azure: { ...azure, features },
    out: { providers: {} },
    signal,
    progress: () => undefined,
    warn: (code) => void warnings.push(code),
  });
  expect(seen).toMatchObject({ state: 'ready' });
  expect(warnings).toEqual(['feature-pending']);
});

test('where AKS asks for the feature after all, the cluster waits for it and has the provider registered again', async () => {
  const lab = await world();
  await lab.sandbox.fault({ name: 'feature-required' });
  await expect(lab.run('cluster')).resolves.toMatchObject({ changed: true });
  const registered = (await lab.sandbox.requests()).filter(
    ({ method, path }) => method === 'POST' && /Microsoft\.ContainerService\/register$/i.test(path),
  );
  expect(registered.length).toBeGreaterThan(1);
});
