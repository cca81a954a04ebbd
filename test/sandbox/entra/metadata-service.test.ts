import { get } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeCredential } from '../../../src/azure/make-credential.ts';
import { world } from '../world.ts';
import type { World } from '../world.ts';

const ready = async (): Promise<World & { readonly metadata: string }> => {
  const sandbox = await world({ managedIdentity: true });
  const { metadata } = sandbox.published;
  if (metadata === undefined) throw new Error('No metadata service was published.');
  return { ...sandbox, metadata };
};

const ask = (
  { metadata }: { readonly metadata: string },
  query: string,
  headers: Readonly<Record<string, string>> = { metadata: 'true' },
): Promise<{ readonly status: number; readonly body: Readonly<Record<string, string>> }> =>
  new Promise((resolve, reject) => {
    get(`${metadata}/metadata/identity/oauth2/token/?${query}`, { headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Record<string, string> }),
      );
    }).on('error', reject);
  });

test('no machine has a managed identity unless it was given one', async () => {
  expect((await world()).published).not.toHaveProperty('metadata');
});

test.each([
  ['no metadata header', '', { other: 'x' }],
  ['a forwarded request', '', { metadata: 'true', 'x-forwarded-for': '10.0.0.1' }],
  ['an identity that is not there', '&client_id=11111111-2222-4333-8444-555555555555', { metadata: 'true' }],
])('%s is refused', async (_what, query, headers: Readonly<Record<string, string>>) => {
  const sandbox = await ready();
  const resource = encodeURIComponent(`${sandbox.published.arm}/`);
  expect(await ask(sandbox, `api-version=2018-02-01&resource=${resource}${query}`, headers)).toMatchObject({
    status: 400,
  });
});

test('its token is known to ARM, and may do nothing before it was given a role', async () => {
  const sandbox = await ready();
  const resource = encodeURIComponent(`${sandbox.published.arm}/`);
  const { status, body } = await ask(sandbox, `api-version=2018-02-01&resource=${resource}`);
  expect(status).toBe(200);
  const groups = `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`;
  const put = () =>
    sandbox.request('PUT', groups, { token: body['access_token'] ?? '', body: { location: 'uksouth' } });
  expect((await put()).status).toBeGreaterThanOrEqual(400);
  const claims = JSON.parse(
    Buffer.from((body['access_token'] ?? '').split('.')[1] ?? '', 'base64url').toString('utf8'),
  ) as { oid: string };
  const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
  const assignment = `${sandbox.subscription}/providers/Microsoft.Authorization/roleAssignments/0a1b2c3d-0000-4000-8000-000000000001?api-version=2022-04-01`;
  const given = await sandbox.request('PUT', assignment, {
    body: {
      properties: {
        roleDefinitionId: `${sandbox.subscription}/providers/Microsoft.Authorization/roleDefinitions/${owner}`,
        principalId: claims.oid,
        principalType: 'ServicePrincipal',
      },
    },
  });
  expect(given.status).toBe(201);
  await expect.poll(async () => (await put()).status, { timeout: 5000, interval: 50 }).toBe(201);
});

test('--auth managed-identity finds it where the environment says it is', async () => {
  const sandbox = await ready();
  vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', sandbox.metadata);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { credential, who } = await makeCredential('managed-identity', {
    profile: { authorityHost: sandbox.published.authority, privateAuthority: true } as never,
    env: {},
    connection: { options: {} } as never,
    auth: 'managed-identity',
    tenant: undefined,
    tenantId: undefined,
    interactive: false,
    now: () => Date.now(),
  });
  expect(who).toBe('system-assigned managed identity');
  const token = await credential.getToken(`${sandbox.published.arm}/.default`);
  expect(
    await sandbox.request('GET', '/subscriptions?api-version=2022-12-01', { token: token?.token ?? '' }),
  ).toMatchObject({ status: 200, body: { value: [] } });
});
