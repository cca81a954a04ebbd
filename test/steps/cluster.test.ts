import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/engine/events.ts';
import { cluster } from '../../src/steps/cluster.ts';
import { type World, world } from '../support/world.ts';

const signal = new AbortController().signal;
const provisioningState = (value: string) => ({ kind: 'arm-property', path: 'properties.provisioningState', value });

const puts = ({ azure, clusterId }: World) =>
  azure
    .requests({ method: 'PUT', type: '/managedClusters/' })
    .then((all) => all.filter(({ path }) => path.toLowerCase() === clusterId.toLowerCase()));

/** A deployment whose cluster has the name of another one's. */
const neighbour = async (more: Readonly<Record<string, string | boolean>> = {}) => {
  const theirs = await world();
  const mine = await theirs.elsewhere({
    name: `${theirs.config.name}-mine`,
    'resource-group': theirs.config.resourceGroup,
    'cluster-name': theirs.config.cluster.name,
    ...more,
  });
  return { theirs, mine };
};

test('is made in one PUT on a preview version: both pools, no CNI, no kube-proxy, Container Insights', async () => {
  const lab = await world();
  await lab.run('cluster');
  const all = await puts(lab);
  expect(all).toHaveLength(1);
  expect(all[0]?.apiVersion).toMatch(/-preview$/);
  expect(all[0]?.body).toMatchObject({
    tags: { 'aks-ebpf-sentinel-owner': lab.services.owner },
    properties: {
      agentPoolProfiles: [
        { name: 'system', mode: 'System', nodeTaints: ['CriticalAddonsOnly=true:NoSchedule'] },
        { name: 'workloads', mode: 'User' },
      ],
      networkProfile: { networkPlugin: 'none', podCidr: '10.244.0.0/16', kubeProxyConfig: { enabled: false } },
      addonProfiles: { omsagent: { enabled: true, config: { useAADAuth: 'true' } } },
    },
  });
});

test('a second run changes nothing and writes nothing', async () => {
  const lab = await world();
  await lab.run('cluster');
  const before = (await lab.azure.requests({ type: 'managedClusters' })).filter(({ method }) => method !== 'GET');
  await expect(lab.run('cluster')).resolves.toMatchObject({ changed: false });
  await expect((await lab.elsewhere()).run('cluster')).resolves.toMatchObject({ changed: false });
  const after = (await lab.azure.requests({ type: 'managedClusters' })).filter(({ method }) => method !== 'GET');
  expect(after).toHaveLength(before.length);
});

/** A cluster that is being made, and is done a moment after the run has seen so. */
const making = async (lab: World, state = 'Creating') => {
  // A create of its own that still runs would put the state right in the middle of the test.
  const found = async () =>
    (await lab.sandbox.resources()).find(({ id }) => id.toLowerCase() === lab.clusterId.toLowerCase());
  await expect.poll(async () => (await found())?.provisioningState, { timeout: 20_000 }).toBe('Succeeded');
  await lab.sandbox.sabotage({ ...provisioningState(state), id: lab.clusterId });
  return (event: RunEvent): void => {
    if (event.type === 'step.started' && event.step === 'cluster')
      void lab.sandbox.sabotage({ ...provisioningState('Succeeded'), id: lab.clusterId });
  };
};

/** A run that ends as soon as the service has accepted the create. */
const stopped = async (lab: World) => {
  const stop = new AbortController();
  return lab.run('cluster', {
    signal: stop.signal,
    onEvent: (event) => void (event.type === 'step.progress' && event.step === 'cluster' && stop.abort()),
  });
};

test('takes over a create that another machine started, without a PUT of its own', async () => {
  const lab = await world();
  await lab.run('cluster');
  const { changed, events } = await (await lab.elsewhere()).run('cluster', { onEvent: await making(lab) });
  expect(changed).toBe(true);
  expect(events).toContainEqual(expect.objectContaining({ type: 'step.started', step: 'cluster', mode: 'wait' }));
  expect(await puts(lab)).toHaveLength(1);
});

test('a run that was stopped says that Azure goes on; the next one re-attaches by its token', async () => {
  const lab = await world();
  const first = await stopped(lab);
  expect(first.events.at(-1)).toMatchObject({ step: 'cluster', because: expect.stringMatching(/goes on/) });
  const { events } = await lab.run('cluster', { onEvent: await making(lab) });
  expect(events).toContainEqual(expect.objectContaining({ type: 'step.started', step: 'cluster', mode: 'reattach' }));
  expect(await puts(lab)).toHaveLength(1);
});

test('two runs at once make one cluster', async () => {
  const lab = await world();
  const other = await lab.elsewhere();
  await lab.run('workspace');
  await Promise.all([lab.run('cluster'), other.run('cluster')]);
  const accepted = (await puts(lab)).filter(({ status }) => Number(status) < 300);
  expect(accepted).toHaveLength(1);
});

test("another deployment's cluster stops the run before anything of it is touched, and names the owner", async () => {
  const { theirs, mine } = await neighbour();
  await theirs.run('cluster');
  await expect(mine.run('cluster')).rejects.toMatchObject({
    kind: 'preflight',
    code: 'not-ours',
    message: expect.stringContaining(theirs.services.owner),
  });
  expect(await puts(mine)).toHaveLength(1);
});

test('--adopt signs it and leaves it to down as it is', async () => {
  const { theirs, mine } = await neighbour({ adopt: true });
  await theirs.run('cluster');
  await mine.sandbox.sabotage({ kind: 'arm-property', id: mine.clusterId, path: 'tags', value: { team: 'blue' } });
  await mine.run('workspace');
  const workspace = await mine.azure.workspaces.find(mine.config.resourceGroup, mine.config.workspace.name, signal);
  await mine.sandbox.sabotage({
    kind: 'arm-property',
    id: mine.clusterId,
    path: 'properties.addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID',
    value: workspace?.id,
  });
  await expect(mine.run('cluster')).resolves.toMatchObject({ changed: true });
  const seen = await mine.azure.clusters.find(mine.config.resourceGroup, mine.config.cluster.name, signal);
  expect(seen?.tags).toMatchObject({
    team: 'blue',
    'aks-ebpf-sentinel-owner': mine.services.owner,
    'aks-ebpf-sentinel-adopted': 'true',
  });
  expect(await mine.removals()).toContainEqual(
    expect.objectContaining({ id: 'cluster', removal: expect.objectContaining({ kept: expect.any(String) }) }),
  );
});

test('a cluster that was taken over and sends its logs elsewhere is not written over: the command is named', async () => {
  const { theirs, mine } = await neighbour({ adopt: true });
  await theirs.run('cluster');
  await expect(mine.run('cluster', { consent: true })).rejects.toMatchObject({
    message: expect.stringContaining('az aks enable-addons --addons monitoring'),
  });
  expect(await puts(mine)).toEqual([expect.objectContaining({ status: 201 })]);
});

test('one that failed is cured by the same PUT again', async () => {
  const lab = await world();
  await lab.sandbox.fault({ name: 'operation-succeeded-resource-failed', path: lab.clusterId });
  await expect(lab.run('cluster')).resolves.toMatchObject({ changed: true });
  // AKS is at work on a new cluster by itself for a moment: a 409 between the two is its turn.
  const answers = (await puts(lab)).map(({ status }) => status);
  expect(answers.filter((status) => status !== 409)).toEqual([201, 200]);
});

test('an operation that failed says why in the words of its own code', async () => {
  const lab = await world();
  await lab.sandbox.fault({ name: 'operation-failed', path: lab.clusterId, code: 'ErrCode_InsufficientVCPUQuota' });
  await expect(lab.run('cluster')).rejects.toMatchObject({ code: 'ErrCode_InsufficientVCPUQuota' });
});

test.each(['Updating', 'Upgrading', 'Starting', 'ProvisionControlPlane'])('waits while AKS says %s', async (state) => {
  const lab = await world();
  await lab.run('cluster');
  const { events } = await lab.run('cluster', { onEvent: await making(lab, state) });
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'step.probed', state: 'converging', detail: `the cluster is ${state}` }),
  );
  expect(await puts(lab)).toHaveLength(1);
});

test.each([
  ['properties.networkProfile.networkPlugin', 'azure', /network plugin is azure/],
  ['properties.powerState', { code: 'Stopped' }, /az aks start/],
])('a cluster whose %s is %o is refused, and only a person can help', async (path, value, words) => {
  const lab = await world();
  await lab.run('cluster');
  await lab.sandbox.sabotage({ kind: 'arm-property', id: lab.clusterId, path, value });
  await expect(lab.run('cluster')).rejects.toMatchObject({ kind: 'failed', message: expect.stringMatching(words) });
  expect(await puts(lab)).toHaveLength(1);
});

test('another number of nodes is drift: left alone without consent, put right with it', async () => {
  const lab = await world();
  await lab.run('cluster');
  const bigger = await lab.elsewhere({ nodes: 3 });
  await expect(bigger.run('cluster')).rejects.toMatchObject({
    kind: 'drift',
    message: expect.stringContaining('agent pool workloads has 1 nodes, the config says 3'),
  });
  expect(await puts(lab)).toHaveLength(1);
  await expect(bigger.run('cluster', { consent: true })).resolves.toMatchObject({ changed: true });
  const seen = await lab.azure.clusters.find(lab.config.resourceGroup, lab.config.cluster.name, signal);
  expect(seen?.pools.map(({ count }) => count)).toEqual([lab.config.cluster.systemPool.count, 3]);
});

test('what was waited for and came out otherwise is drift, not written over', async () => {
  const lab = await world();
  await lab.run('cluster');
  const bigger = await lab.elsewhere({ nodes: 3 });
  await expect(bigger.run('cluster', { onEvent: await making(lab) })).rejects.toMatchObject({ kind: 'drift' });
  expect(await puts(lab)).toHaveLength(1);
});

test('its deletion is accepted at once, watched afterwards, and refused for a cluster that changed hands', async () => {
  const lab = await world();
  await lab.run('cluster');
  let watched = 0;
  const clusters: typeof lab.azure.clusters = {
    ...lab.azure.clusters,
    async watch(token, progress, until) {
      watched += 1;
      await lab.azure.clusters.watch(token, progress, until);
    },
  };
  const context = { out: {}, signal, progress: () => undefined, warn: () => undefined };
  const planned = async () => cluster.removal?.({ ...lab.services, azure: { ...lab.azure, clusters }, ...context });

  const owned = async (owner: string): Promise<void> =>
    lab.sandbox.sabotage({
      kind: 'arm-property',
      id: lab.clusterId,
      path: 'tags',
      value: { 'aks-ebpf-sentinel-owner': owner },
    });
  const stale = await planned();
  await owned('somebody-else');
  await expect(stale?.remove(signal)).rejects.toMatchObject({ code: 'not-ours' });

  await owned(lab.services.owner);
  const removal = await planned();
  await removal?.remove(signal);
  expect(watched).toBe(0);
  await expect.poll(() => removal?.gone(signal)).toBe(true);
  expect(watched).toBe(1);
});

test('a failed cluster that has grown is not shrunk by the cure without consent', async () => {
  const lab = await world();
  await lab.run('cluster');
  const seen = await lab.azure.clusters.find(lab.config.resourceGroup, lab.config.cluster.name, signal);
  const grown = seen?.pools.map((pool) => ({ ...pool, count: pool.count + 3 }));
  const path = 'properties.agentPoolProfiles';
  await lab.sandbox.sabotage({ kind: 'arm-property', id: lab.clusterId, path, value: grown });
  await lab.sandbox.sabotage({ id: lab.clusterId, ...provisioningState('Failed') });
  await expect(lab.run('cluster')).rejects.toMatchObject({
    kind: 'drift',
    message: expect.stringContaining('the cluster is Failed; agent pool system has'),
  });
  expect(await puts(lab)).toHaveLength(1);
});

test('where only the cluster in Azure goes, down says what stays behind it', async () => {
  const lab = await world();
  await lab.run('cluster');
  // As the profile of a sandbox in front of somebody's own cluster says.
  Object.assign(lab.services.azure, { clustersOutliveDeletion: true });
  const removal = (await lab.removals()).find(({ id }) => id === 'cluster')?.removal;
  expect(removal).toMatchObject({
    what: `AKS cluster ${lab.config.cluster.name} (the real cluster behind it stays, with everything that was installed in it)`,
  });
  expect(removal?.kept).toBeUndefined();
});
