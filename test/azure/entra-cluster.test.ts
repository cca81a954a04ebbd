import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Azure } from '../../src/azure/azure.ts';
import { createAzure } from '../../src/azure/create-azure.ts';
import { chooseCredential } from '../../src/azure/credential.ts';
import { parseCloudProfile } from '../../src/config/read-profile.ts';
import { systemClock } from '../../src/engine/clock.ts';
import { connect } from '../../src/kubernetes/connect.ts';
import { withBearer } from '../../src/steps/kubeconfig-bearer.ts';
import { world } from '../sandbox/world.ts';
import type { World } from '../sandbox/world.ts';

// A cluster whose users come from Entra ID, met by the product as it meets one of Azure: no kubelogin, no static credential.

const signal = new AbortController().signal;
const version = 'api-version=2026-05-01';

/** The product's own way to the sandbox; each has tokens of its own. */
const azureOf = async ({ dir }: World): Promise<Azure> => {
  const file = join(dir, 'profile.json');
  const profile = { ...parseCloudProfile(await readFile(file, 'utf8'), file), pollIntervalMs: 50 };
  const { subscriptionId = '', tenantId = '' } = profile;
  const now = (): number => Date.now();
  const credential = await chooseCredential({
    profile,
    auth: undefined,
    env: {},
    tenant: undefined,
    interactive: false,
    now,
  });
  return createAzure({
    profile,
    credential,
    subscriptionId,
    tenantId,
    clock: systemClock,
    retry: { delayMs: 20 },
    warn: () => undefined,
  });
};

const clusterIn = ({ subscription }: World): string =>
  `${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab`;

const entraCluster = async (aadProfile: object, more: object = {}): Promise<World> => {
  const sandbox = await world({ kubernetes: true, speed: 3000 });
  await sandbox.register('Microsoft.ContainerService');
  const { subscription } = sandbox;
  await sandbox.request('PUT', `${subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  await putCluster(sandbox, aadProfile, more);
  return sandbox;
};

const putCluster = async (sandbox: World, aadProfile: object, more: object = {}): Promise<void> => {
  const path = `${clusterIn(sandbox)}?${version}`;
  const pool = { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5', osType: 'Linux' };
  const put = () =>
    sandbox.request('PUT', path, {
      body: {
        location: 'uksouth',
        identity: { type: 'SystemAssigned' },
        properties: {
          dnsPrefix: 'lab',
          agentPoolProfiles: [pool],
          networkProfile: { networkPlugin: 'none', podCidr: '10.100.0.0/18' },
          aadProfile: { managed: true, ...aadProfile },
          ...more,
        },
      },
    });
  let answer = await put();
  // What AKS starts by itself soon after a create turns a PUT away until it is over.
  while (answer.text.includes('in progress PutExtensionAddonHandler')) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    answer = await put();
  }
  expect(answer.status, answer.text).toBeLessThan(300);
  await sandbox.until(path, ({ text }) => text.includes('"provisioningState":"Succeeded"'));
};

/** As the step cluster-access makes it. */
const kubeconfigOf = async (azure: Azure): Promise<string> =>
  withBearer(await azure.clusters.kubeconfig('rg', 'lab', signal), await azure.clusters.entraToken(signal));

const nodesBy = async (kubeconfig: string): Promise<number> =>
  (await (await connect(kubeconfig)).list({ apiVersion: 'v1', kind: 'Node' }, signal)).length;

const ownObjectId = async (sandbox: World): Promise<string> => {
  const { body } = await sandbox.control('GET', '/principals');
  const all = body['value'] as readonly { objectId: string; displayName: string }[];
  return all.find(({ displayName }) => displayName === 'sandbox')?.objectId ?? '';
};

const newGroup = async (sandbox: World): Promise<string> =>
  String(
    (await sandbox.control('POST', '/principals', { type: 'Group', displayName: 'cluster admins' })).body['objectId'],
  );

test('whoever is in a group of administrators gets in without kubelogin, and nobody else', async () => {
  const sandbox = await entraCluster({});
  const group = await newGroup(sandbox);
  await putCluster(sandbox, { adminGroupObjectIDs: [group] });
  const asked = await (await azureOf(sandbox)).clusters.kubeconfig('rg', 'lab', signal);
  expect(parse(asked)).toMatchObject({
    users: [
      {
        user: {
          exec: { command: 'kubelogin', args: expect.arrayContaining(['6dae42f8-4368-4678-94ff-3960e28e3630']) },
        },
      },
    ],
  });
  const objectId = await ownObjectId(sandbox);
  await expect(nodesBy(await kubeconfigOf(await azureOf(sandbox)))).rejects.toMatchObject({
    kind: 'permission',
    message: expect.stringContaining(objectId),
  });
  await sandbox.control('POST', '/principals', { objectId, groups: [group] });
  // Groups are in the token: only a new sign-in knows of this one.
  expect(await nodesBy(await kubeconfigOf(await azureOf(sandbox)))).toBe(2);
});

test('a binding to an object id, made by an administrator, is enough', async () => {
  const sandbox = await entraCluster({});
  const objectId = await ownObjectId(sandbox);
  const answer = await sandbox.request('POST', `${clusterIn(sandbox)}/listClusterAdminCredential?${version}`);
  const [{ value }] = answer.body['kubeconfigs'] as [{ value: string }];
  const admin = await connect(Buffer.from(value, 'base64').toString());
  await admin.apply(
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'ours' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: objectId }],
    },
    {},
    signal,
  );
  expect(await nodesBy(await kubeconfigOf(await azureOf(sandbox)))).toBe(2);
});

test("Azure's own role counts in the cluster where the cluster says so", async () => {
  const sandbox = await entraCluster({ enableAzureRBAC: true });
  const roles = ['Owner', 'Azure Kubernetes Service RBAC Cluster Admin'];
  const kubeconfig = await kubeconfigOf(await azureOf(sandbox));
  await expect(nodesBy(kubeconfig)).rejects.toMatchObject({ kind: 'permission' });
  await sandbox.control('POST', '/sabotage', { kind: 'roles', roles });
  expect(await nodesBy(kubeconfig)).toBe(2);
});

test('without local accounts nobody is given a static credential, and none that is known lets anybody in', async () => {
  const sandbox = await entraCluster({ enableAzureRBAC: true });
  const credential = `${clusterIn(sandbox)}/listClusterAdminCredential?${version}`;
  const before = await sandbox.request('POST', credential);
  const [{ value }] = before.body['kubeconfigs'] as [{ value: string }];
  const kubeconfig = Buffer.from(value, 'base64').toString();
  expect(await nodesBy(kubeconfig)).toBe(2);
  await putCluster(sandbox, { enableAzureRBAC: true }, { disableLocalAccounts: true });
  expect(await sandbox.request('POST', credential)).toMatchObject({
    status: 400,
    text: expect.stringContaining(
      "Getting static credential isn't allowed because this cluster is set to disable local accounts.",
    ),
  });
  await expect(nodesBy(kubeconfig)).rejects.toMatchObject({ kind: 'sign-in' });
  // The sandbox itself is nobody's account.
  const path = '/api/v1/namespaces/default';
  const patched = await sandbox.control('POST', '/sabotage', {
    kind: 'kubernetes-patch',
    path,
    patch: { metadata: { labels: { seen: 'yes' } } },
  });
  expect(patched.status).toBe(200);
});

test('a token for ARM is none for a cluster', async () => {
  const sandbox = await entraCluster({ enableAzureRBAC: true });
  const azure = await azureOf(sandbox);
  const forArm = await sandbox.token(`${sandbox.published.arm}/.default`);
  const kubeconfig = withBearer(await azure.clusters.kubeconfig('rg', 'lab', signal), forArm);
  await expect(nodesBy(kubeconfig)).rejects.toMatchObject({ kind: 'sign-in' });
});
