import { expect, test } from 'vitest';
import { world } from '../world.ts';
import type { World } from '../world.ts';

const version = 'api-version=2022-12-01';

interface Asked {
  readonly tenant?: string;
  readonly claims?: unknown;
}

const tokenOf = async (sandbox: World, { tenant, claims }: Asked = {}): Promise<string> => {
  const { published } = sandbox;
  const answer = await sandbox.request(
    'POST',
    `${published.authority}/${tenant ?? published.tenantId}/oauth2/v2.0/token`,
    {
      token: null,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: published.clientId,
        client_secret: published.clientSecret,
        scope: `${published.arm}/.default`,
        ...(claims === undefined ? {} : { claims: JSON.stringify(claims) }),
      }).toString(),
    },
  );
  return String(answer.body['access_token']);
};

const ask = (sandbox: World, token: string) => sandbox.request('GET', `${sandbox.subscription}?${version}`, { token });

const capable = { access_token: { xms_cc: { values: ['cp1'] } } };

test('a token of another tenant opens nothing in this subscription', async () => {
  const sandbox = await world();
  const { tenantId } = sandbox.published;
  const { body } = await sandbox.control('GET', '/principals');
  const token = await tokenOf(sandbox, { tenant: String(body['otherTenantId']) });
  const refused = await ask(sandbox, token);
  expect(refused).toMatchObject({ status: 401, body: { error: { code: 'InvalidAuthenticationTokenTenant' } } });
  expect(refused.text).toContain(
    `The access token is from the wrong issuer 'https://sts.windows.net/${String(body['otherTenantId'])}/'. It must match the tenant 'https://sts.windows.net/${tenantId}/' associated with this subscription.`,
  );
  expect(refused.headers['www-authenticate']).toContain(`${tenantId}", error="invalid_token"`);
  const subscriptions = await sandbox.request('GET', `/subscriptions?${version}`, { token });
  expect(subscriptions).toMatchObject({ status: 200, body: { value: [] } });
  expect(await sandbox.request('GET', `/tenants?${version}`, { token })).toMatchObject({
    body: { value: [{ tenantId: body['otherTenantId'] }] },
  });
});

test('a token that is not good yet is refused until it is', async () => {
  const sandbox = await world();
  expect((await ask(sandbox, await tokenOf(sandbox))).status).toBe(200);
  await sandbox.control('POST', '/faults', { name: 'token-not-yet-valid', seconds: 600 });
  expect(await ask(sandbox, await tokenOf(sandbox))).toMatchObject({
    status: 401,
    body: { error: { code: 'InvalidAuthenticationToken' } },
  });
  expect((await ask(sandbox, await tokenOf(sandbox))).status).toBe(200);
});

test('a token lives as long as it says, and is told to have expired as ARM tells it', async () => {
  const sandbox = await world();
  await sandbox.control('POST', '/faults', { name: 'token-lifetime', seconds: 1 });
  const token = await tokenOf(sandbox);
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, claims.exp * 1000 - Date.now()) + 20));
  expect(await ask(sandbox, token)).toMatchObject({
    status: 401,
    body: {
      error: {
        code: 'ExpiredAuthenticationToken',
        message: expect.stringMatching(
          /^The access token expiry UTC time '\d+\/\d+\/\d{4} \d+:\d\d:\d\d [AP]M' is earlier than current UTC time '\d+\/\d+\/\d{4} /u,
        ),
      },
    },
  });
});

test('a challenged client is only let in again with the claims that it was told', async () => {
  const sandbox = await world();
  const [understands, other] = [await tokenOf(sandbox, { claims: capable }), await tokenOf(sandbox)];
  await sandbox.control('POST', '/faults', { name: 'token-expired', challenge: true });
  const refused = await ask(sandbox, understands);
  expect(refused.status).toBe(401);
  const header = refused.headers['www-authenticate'] ?? '';
  expect(header).toContain('error="insufficient_claims"');
  const encoded = /claims="([^"]+)"/u.exec(header)?.[1] ?? '';
  const wanted = JSON.parse(Buffer.from(encoded, 'base64').toString()) as { access_token: { nbf: { value: string } } };
  expect(Number(wanted.access_token.nbf.value)).toBeGreaterThan(Date.now() / 1000 - 60);
  expect((await ask(sandbox, await tokenOf(sandbox, { claims: capable }))).status).toBe(401);
  const claims = { access_token: { ...capable.access_token, ...wanted.access_token } };
  expect((await ask(sandbox, await tokenOf(sandbox, { claims }))).status).toBe(200);
  // Who never said that it understands challenges keeps its token until it expires.
  expect((await ask(sandbox, other)).status).toBe(200);
});

test('the authority reads the claims that are asked for', async () => {
  const sandbox = await world();
  const { published } = sandbox;
  const answer = await sandbox.request('POST', `${published.authority}/${published.tenantId}/oauth2/v2.0/token`, {
    token: null,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: published.clientId,
      client_secret: published.clientSecret,
      scope: `${published.arm}/.default`,
      claims: '{',
    }).toString(),
  });
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
});
