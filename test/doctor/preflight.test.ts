import { expect, test } from 'vitest';
import { preflight } from '../../src/doctor/preflight.ts';
import { exitCodeOf } from '../../src/errors/exit-code.ts';
import { Problem } from '../../src/errors/problem.ts';
import type { Services } from '../../src/steps/services.ts';
import { type World, world } from '../support/world.ts';

const signal = new AbortController().signal;

/** What the checks threw and warned of. */
const check = async (lab: World, services: Partial<Services> = {}) => {
  const warnings: string[] = [];
  const error: unknown = await preflight(
    { ...lab.services, ...services },
    (code, message) => void warnings.push(`${code}: ${message}`),
    signal,
  ).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, warnings, code: error === undefined ? 0 : exitCodeOf(error) };
};
const writes = async (lab: World) =>
  (await lab.sandbox.requests()).filter(({ service, method }) => service === 'arm' && method !== 'GET');

test('a plan that fits passes without a word, and nothing is written', async () => {
  const lab = await world();
  expect(await check(lab)).toEqual({ error: undefined, warnings: [], code: 0 });
  expect(await writes(lab)).toEqual([]);
});

test('a size that the region does not have', async () => {
  const lab = await world({ 'node-size': 'Standard_D999_v9' });
  const { error, code } = await check(lab);
  expect(error).toMatchObject({
    code: 'size-missing',
    message: 'Standard_D999_v9 does not exist in uksouth',
    hint: expect.stringMatching(/--system-node-size and --node-size/),
  });
  expect(code).toBe(4);
});

test('a size that this subscription may not use', async () => {
  const lab = await world();
  await lab.sandbox.fault({ name: 'sku-unavailable' });
  const { error, code } = await check(lab);
  expect(error).toMatchObject({ code: 'size-restricted', message: expect.stringContaining('Standard_D4s_v5') });
  expect(code).toBe(4);
});

test('more vCPUs than the quota has left are told with both numbers', async () => {
  const lab = await world({ nodes: 100 });
  const { error, code } = await check(lab);
  expect(error).toMatchObject({ code: 'QuotaExceeded', message: expect.stringMatching(/this plan needs 404/) });
  expect(code).toBe(4);
});

test('a quota that may not be read is a warning: then AKS itself will say', async () => {
  const lab = await world();
  await lab.sandbox.fault({ name: 'authorization-failed', actions: ['Microsoft.Compute/locations/usages/read'] });
  const { error, warnings } = await check(lab);
  expect(error).toBeUndefined();
  expect(warnings).toEqual([expect.stringMatching(/^machines-unchecked: .*quota could not be checked/)]);
});

test('a cluster of somebody else under our name stops the run before the first write', async () => {
  const theirs = await world();
  await theirs.run('cluster');
  const mine = await theirs.elsewhere({
    name: 'mine',
    'resource-group': theirs.config.resourceGroup,
    'cluster-name': theirs.config.cluster.name,
  });
  const { error, code } = await check(mine);
  expect(error).toMatchObject({ code: 'not-ours', hint: expect.stringContaining('--adopt') });
  expect(code).toBe(4);
  const adopting = await mine.elsewhere({ adopt: true });
  expect((await check(adopting)).code).toBe(0);
  // Of a cluster that is kept, `down` does not say that everything in it would go.
  const named = (await adopting.removals()).find(({ id }) => id === 'cluster')?.removal;
  expect(named).toMatchObject({
    what: `AKS cluster ${theirs.config.cluster.name}`,
    kept: 'this deployment did not make it',
  });
  const own = (await theirs.removals()).find(({ id }) => id === 'cluster')?.removal;
  expect(own?.what).toBe(`AKS cluster ${theirs.config.cluster.name} with everything in it`);
});

test('a workspace of somebody else under our name, too', async () => {
  const lab = await world();
  await lab.run('resource-group');
  const { resourceGroup, workspace } = lab.config;
  await lab.azure.workspaces.put(
    resourceGroup,
    workspace.name,
    { location: 'uksouth', tags: {}, retentionDays: 30 },
    undefined,
    signal,
  );
  expect(await check(lab)).toMatchObject({ code: 4, error: { code: 'not-ours' } });
});

test('a chart that cannot be had, or is not the one that was pinned, is found before there is a cluster', async () => {
  const lab = await world({ 'tetragon-sha256': '0'.repeat(64) });
  const { error, code } = await check(lab);
  expect(error).toMatchObject({ message: expect.stringMatching(/tetragon/) });
  expect(code).toBe(4);
});

test('no helm is found before there is a cluster', async () => {
  const lab = await world();
  const helm = {
    ...lab.services.helm,
    binary: () => Promise.reject(new Problem('helm is not on the PATH', { kind: 'failed', code: 'helm-missing' })),
  };
  expect(await check(lab, { helm })).toMatchObject({ code: 4, error: { kind: 'preflight', code: 'helm-missing' } });
});

test('no sign-in is no failed check', async () => {
  const lab = await world();
  const signIn = new Problem('sign in again', { kind: 'sign-in', code: 'AADSTS700082' });
  const compute = { ...lab.azure.compute, size: () => Promise.reject(signIn) };
  expect(await check(lab, { azure: { ...lab.azure, compute } })).toMatchObject({ error: signIn, code: 3 });
});

test('a cluster that is there has its machines: quota is not asked for again', async () => {
  const lab = await world();
  await lab.run('cluster');
  const before = (await lab.sandbox.requests()).length;
  expect((await check(lab)).code).toBe(0);
  const asked = (await lab.sandbox.requests()).slice(before).map(({ path }) => path);
  expect(asked.filter((path) => /Microsoft\.Compute/i.test(path))).toEqual([]);
});

test('a Kubernetes version that AKS does not offer, where the subscription can be asked', async () => {
  const lab = await world({ 'kubernetes-version': '1.20' });
  const fresh = await check(lab);
  expect(fresh.warnings).toEqual([expect.stringMatching(/^version-unchecked: /)]);
  await lab.run('providers');
  const { error, code } = await check(lab);
  expect(error).toMatchObject({
    code: 'version-missing',
    message: expect.stringMatching(/Kubernetes 1\.20 in uksouth/),
  });
  expect(code).toBe(4);
});

const readOnly = (lab: World, scope: string): Promise<void> =>
  lab.sandbox.sabotage({
    kind: 'arm-request',
    method: 'PUT',
    path: `${scope}/providers/Microsoft.Authorization/locks/freeze?api-version=2020-05-01`,
    body: { properties: { level: 'ReadOnly' } },
  });

test('a lock that lets the subscription only be read stops the run before it writes', async () => {
  const lab = await world();
  const { subscriptionId } = lab.services.azure;
  await readOnly(lab, `/subscriptions/${subscriptionId}`);
  const { error, code } = await check(lab);
  expect(error).toMatchObject({
    code: 'ScopeLocked',
    message: `The read-only lock freeze on /subscriptions/${subscriptionId} forbids every change there`,
  });
  expect(code).toBe(4);
});

test('a lock on another group is none of ours, and locks that may not be read are a warning', async () => {
  const lab = await world();
  const { subscriptionId } = lab.services.azure;
  const other = `/subscriptions/${subscriptionId}/resourceGroups/somebody-elses`;
  const make = { method: 'PUT', path: `${other}?api-version=2025-04-01`, body: { location: 'uksouth' } };
  await lab.sandbox.sabotage({ kind: 'arm-request', ...make });
  await readOnly(lab, other);
  expect(await check(lab)).toMatchObject({ code: 0, warnings: [] });
  await lab.sandbox.fault({ name: 'authorization-failed', actions: ['Microsoft.Authorization/locks/read'] });
  expect(await check(lab)).toMatchObject({ code: 0, warnings: [expect.stringMatching(/^locks-unchecked: /)] });
});
