import { ClientAssertionCredential, ClientSecretCredential } from '@azure/identity';
import { describe, expect, test } from 'vitest';
import { world } from '../world.ts';
import type { World } from '../world.ts';

const post = (sandbox: World, fields: Readonly<Record<string, string>>, tenant = sandbox.published.tenantId) =>
  sandbox.request('POST', `${sandbox.published.authority}/${tenant}/oauth2/v2.0/token`, {
    token: null,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });

const good = ({ published }: World) => ({
  grant_type: 'client_credentials',
  client_id: published.clientId,
  client_secret: published.clientSecret,
  scope: `${published.arm}/.default`,
});

describe('the authority', () => {
  test('gives a token to the service principal, whichever way the audience is spelled', async () => {
    const sandbox = await world();
    for (const scope of [`${sandbox.published.arm}/.default`, `${sandbox.published.arm}//.default`]) {
      const { body } = await post(sandbox, { ...good(sandbox), scope });
      const path = `${sandbox.subscription}?api-version=2022-12-01`;
      expect(await sandbox.request('GET', path, { token: String(body['access_token']) })).toMatchObject({
        status: 200,
      });
    }
  });

  test('refuses a wrong secret with AADSTS7000215 and 401', async () => {
    const sandbox = await world();
    const answer = await post(sandbox, { ...good(sandbox), client_secret: 'wrong' });
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client', error_codes: [7000215] } });
  });

  test('does not know another tenant, application or resource', async () => {
    const sandbox = await world();
    const stranger = '11111111-2222-4333-8444-555555555555';
    expect(await post(sandbox, good(sandbox), stranger)).toMatchObject({ status: 400, body: { error_codes: [90002] } });
    expect(await post(sandbox, { ...good(sandbox), client_id: stranger })).toMatchObject({
      body: { error_codes: [700016] },
    });
    const elsewhere = { ...good(sandbox), scope: 'https://management.azure.com/.default' };
    expect(await post(sandbox, elsewhere)).toMatchObject({ status: 400, body: { error_codes: [500011] } });
  });

  test('takes a client assertion while it is valid', async () => {
    const sandbox = await world();
    const { published, ca } = sandbox;
    const assertion = (exp: number) => async () =>
      [
        { alg: 'RS256' },
        { aud: 'api://AzureADTokenExchange', iss: 'https://issuer.invalid', sub: 'repo:me/lab', exp },
        { s: 1 },
      ]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
    const options = { authorityHost: published.authority, disableInstanceDiscovery: true, tlsOptions: { ca } };
    const credential = (exp: number) =>
      new ClientAssertionCredential(published.tenantId, published.clientId, assertion(exp), options);
    const soon = Date.now() / 1000 + 600;
    await expect(credential(soon).getToken(`${published.arm}/.default`)).resolves.toMatchObject({
      token: expect.stringMatching(/^ey/u),
    });
    await expect(credential(1).getToken(`${published.arm}/.default`)).rejects.toThrow(/AADSTS700024/u);
  });

  test('the credential class tells a wrong secret from anything else', async () => {
    const { published, ca } = await world();
    const credential = new ClientSecretCredential(published.tenantId, published.clientId, 'wrong', {
      authorityHost: published.authority,
      disableInstanceDiscovery: true,
      tlsOptions: { ca },
    });
    await expect(credential.getToken(`${published.arm}/.default`)).rejects.toThrow(/AADSTS7000215/u);
  });

  test('answers discovery, old and new', async () => {
    const sandbox = await world();
    const { authority, arm, tenantId } = sandbox.published;
    const ask = (url: string) => sandbox.request('GET', url, { token: null });
    expect(await ask(`${authority}/${tenantId}/v2.0/.well-known/openid-configuration`)).toMatchObject({
      body: { token_endpoint: `${authority}/${tenantId}/oauth2/v2.0/token` },
    });
    expect(await ask(`${authority}/common/discovery/instance?api-version=1.1`)).toMatchObject({ status: 200 });
    expect(await ask(`${arm}//metadata/endpoints?api-version=2015-01-01`)).toMatchObject({
      body: { authentication: { loginEndpoint: `${authority}/adfs` } },
    });
    expect(await ask(`${arm}/metadata/endpoints?api-version=2022-09-01`)).toMatchObject({
      body: { resourceManager: arm },
    });
    expect((await ask(`${arm}/metadata/endpoints?api-version=2019-05-01`)).text).toMatch(/^\[/u);
  });
});
