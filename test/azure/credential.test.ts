import { createServer } from 'node:http';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { createAzure } from '../../src/azure/create-azure.ts';
import { chooseCredential, type ChosenCredential } from '../../src/azure/credential.ts';
import type { Environment } from '../../src/azure/credential-options.ts';
import type { AuthKind } from '../../src/config/auth-kinds.ts';
import type { CloudProfile } from '../../src/config/cloud-profile.ts';
import { CLIENT, SECRET, scriptedAzure, TENANT, type ScriptedAzure } from '../support/scripted-azure.ts';

const TOKEN = `/${TENANT}/oauth2/v2.0/token`;
const ARM = 'https://management.azure.com/.default';

afterEach(() => vi.unstubAllEnvs());

interface Wanted {
  readonly auth?: AuthKind;
  readonly env?: Environment;
  readonly profile?: Partial<CloudProfile>;
  readonly interactive?: boolean;
  readonly tenant?: string;
  readonly subscription?: string;
  readonly onDeviceCode?: (message: string) => void;
  readonly onSecret?: (secret: string) => void;
}

const choose = (
  cloud: ScriptedAzure,
  { auth, env = {}, profile, interactive = false, ...rest }: Wanted = {},
): Promise<ChosenCredential> =>
  chooseCredential({
    profile: { ...cloud.profile, credential: undefined, ...profile },
    auth,
    env,
    tenant: undefined,
    interactive,
    now: () => Date.now(),
    ...rest,
  });

const federated = { AZURE_CLIENT_ID: CLIENT, AZURE_FEDERATED_TOKEN_FILE: '/nowhere/token' };
const secret = { AZURE_CLIENT_ID: CLIENT, AZURE_CLIENT_SECRET: SECRET };
const github = {
  AZURE_CLIENT_ID: CLIENT,
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x/?a=1',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't',
};

test.each<[string, Environment, AuthKind]>([
  ['GitHub OIDC before everything of the environment', { ...github, ...federated, ...secret }, 'github-oidc'],
  ['workload identity before a secret', { ...federated, ...secret }, 'workload-identity'],
  ['a secret', secret, 'client-secret'],
])('chooses %s', async (_, env, kind) => {
  await using cloud = await scriptedAzure();
  expect(await choose(cloud, { env })).toMatchObject({ kind, tenantId: TENANT });
});

test('chooses the credential of the profile before any environment, and says why', async () => {
  await using cloud = await scriptedAzure();
  const chosen = await choose(cloud, {
    env: { ...github, ...secret },
    profile: { credential: cloud.profile.credential },
  });
  expect(chosen.kind).toBe('profile');
  expect(chosen.says).toBe(`client secret of application ${CLIENT}, because the cloud profile scripted names it`);
});

test('--auth wins over everything', async () => {
  await using cloud = await scriptedAzure();
  const chosen = await choose(cloud, { auth: 'managed-identity', env: { ...github, ...secret } });
  expect(chosen).toMatchObject({
    kind: 'managed-identity',
    says: `managed identity ${CLIENT}, because --auth says so`,
  });
});

test('without anything else it takes az where it is on PATH, a device code where somebody sits, and else says what to do', async () => {
  await using cloud = await scriptedAzure();
  const bin = join(cloud.folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'az'), '#!/bin/sh\n');
  await chmod(join(bin, 'az'), 0o755);
  expect(await choose(cloud, { env: { PATH: bin } })).toMatchObject({ kind: 'azure-cli' });
  expect(await choose(cloud, { env: { PATH: '/nowhere' }, interactive: true })).toMatchObject({ kind: 'device-code' });
  await expect(choose(cloud, { env: { PATH: '/nowhere' } })).rejects.toMatchObject({
    kind: 'sign-in',
    code: 'no-credential',
  });
});

test.each<[AuthKind, Environment, RegExp]>([
  ['client-secret', { AZURE_CLIENT_ID: CLIENT }, /AZURE_CLIENT_SECRET/],
  ['client-secret', { AZURE_CLIENT_SECRET: 's' }, /AZURE_CLIENT_ID/],
  ['client-certificate', { AZURE_CLIENT_ID: CLIENT }, /AZURE_CLIENT_CERTIFICATE_PATH/],
  ['workload-identity', { AZURE_CLIENT_ID: CLIENT }, /AZURE_FEDERATED_TOKEN_FILE/],
  ['github-oidc', { AZURE_CLIENT_ID: CLIENT }, /ACTIONS_ID_TOKEN_REQUEST_URL/],
  ['profile', {}, /credential in the cloud profile scripted/],
])('%s with %j names what is missing', async (auth, env, says) => {
  await using cloud = await scriptedAzure();
  await expect(choose(cloud, { auth, env })).rejects.toMatchObject({
    kind: 'sign-in',
    message: expect.stringMatching(says) as string,
  });
});

test('a secret file that is not there is named', async () => {
  await using cloud = await scriptedAzure();
  const credential = { kind: 'client-secret' as const, clientId: CLIENT, clientSecretFile: '/nowhere/secret' };
  await expect(choose(cloud, { profile: { credential } })).rejects.toThrow('/nowhere/secret');
});

test('a CA file that holds no certificate is named', async () => {
  await using cloud = await scriptedAzure();
  const caFile = join(cloud.folder, 'secret');
  await expect(choose(cloud, { auth: 'client-secret', env: secret, profile: { caFile } })).rejects.toMatchObject({
    kind: 'usage',
    code: 'ca-file',
  });
});

test('a failed sign-in is asked for again the next time', async () => {
  await using cloud = await scriptedAzure();
  const good = { body: { token_type: 'Bearer', expires_in: 3600, access_token: 'a.b.c' } };
  const wrong = {
    status: 401,
    body: { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret provided. Trace ID: 1' },
  };
  cloud.on('POST', TOKEN, wrong, good);
  const { credential } = await choose(cloud, { env: secret });
  await expect(credential.getToken(ARM)).rejects.toMatchObject({ kind: 'sign-in', code: 'AADSTS7000215' });
  await expect(credential.getToken(ARM)).resolves.toMatchObject({ token: 'a.b.c' });
});

test.each([
  ['AADSTS7000215', 'invalid_client', 'AADSTS7000215: Invalid client secret provided.', /refused the client secret/],
  [
    'AADSTS700016',
    'unauthorized_client',
    "AADSTS700016: Application with identifier 'app' was not found in the directory 'T'.",
    /Application app does not exist/,
  ],
  ['AADSTS90002', 'invalid_request', "AADSTS90002: Tenant 'nope' not found.", /no tenant nope/],
])('through the whole stack, %s comes out in plain words', async (code, error, description, says) => {
  await using cloud = await scriptedAzure();
  cloud.on('POST', TOKEN, {
    status: 400,
    body: { error, error_description: `${description} Trace ID: 1 Correlation ID: 2`, error_codes: [1] },
  });
  const azure = await cloud.azure();
  const failed: unknown = await azure.groups
    .find('lab', new AbortController().signal)
    .catch((caught: unknown) => caught);
  expect(failed).toMatchObject({ kind: 'sign-in', code, message: expect.stringMatching(says) as string });
  expect(JSON.stringify(failed) + String((failed as Error).stack)).not.toContain(SECRET);
});

test('an authority whose CA is not trusted is said so, not called an endpoint resolution error', async () => {
  await using cloud = await scriptedAzure();
  const { credential } = await choose(cloud, { env: secret, profile: { caFile: undefined } });
  await expect(credential.getToken(ARM)).rejects.toMatchObject({
    kind: 'sign-in',
    code: 'authority-not-trusted',
    message: `The certificate of the sign-in service ${cloud.origin} is not signed by a CA that this machine trusts.`,
  });
});

test('an authority that does not answer is said so', async () => {
  await using cloud = await scriptedAzure();
  const { credential } = await choose(cloud, { env: secret, profile: { authorityHost: 'https://127.0.0.1:1' } });
  await expect(credential.getToken(ARM)).rejects.toMatchObject({ kind: 'transient', code: 'ECONNREFUSED' });
}, 60_000);

test('GitHub is asked for a new assertion for each token, with the audience of the cloud', async () => {
  await using cloud = await scriptedAzure();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    response.end(JSON.stringify({ value: `assertion-${asked.length}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const env = { ...github, ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2` };
  const { credential } = await choose(cloud, { env });
  await credential.getToken('https://one/.default');
  await credential.getToken('https://two/.default');
  server.close();
  const audience = '/token?api-version=2&audience=api%3A%2F%2FAzureADTokenExchange Bearer t';
  expect(new Set(asked)).toEqual(new Set([audience]));
  const assertions = cloud.only('POST', TOKEN).map((seen) => new URLSearchParams(seen.text).get('client_assertion'));
  expect(assertions).toHaveLength(2);
  expect(new Set(assertions).size).toBe(2);
});

test('a job without id-token: write is told so', async () => {
  await using cloud = await scriptedAzure();
  const server = createServer((_, response) => response.writeHead(403).end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { credential } = await choose(cloud, {
    env: { ...github, ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/` },
  });
  await expect(credential.getToken(ARM)).rejects.toMatchObject({
    kind: 'sign-in',
    code: 'github-oidc',
    hint: expect.stringContaining('id-token: write') as string,
  });
  server.close();
});

test('workload identity reads its token file', async () => {
  await using cloud = await scriptedAzure();
  const file = join(cloud.folder, 'federated');
  await writeFile(file, 'a-federated-token');
  const { credential } = await choose(cloud, { env: { AZURE_CLIENT_ID: CLIENT, AZURE_FEDERATED_TOKEN_FILE: file } });
  await credential.getToken(ARM);
  const [asked] = cloud.only('POST', TOKEN);
  expect(new URLSearchParams(asked?.text).get('client_assertion')).toBe('a-federated-token');
});

test('a device code is shown in the words of Entra', async () => {
  await using cloud = await scriptedAzure();
  const message = 'To sign in, open a browser and enter the code ABC.';
  cloud.on('POST', `/${TENANT}/oauth2/v2.0/devicecode`, {
    body: { device_code: 'd', user_code: 'ABC', verification_uri: 'https://x', expires_in: 900, interval: 1, message },
  });
  const shown: string[] = [];
  const { credential } = await choose(cloud, { auth: 'device-code', onDeviceCode: (said) => shown.push(said) });
  await credential.getToken(ARM);
  expect(shown).toEqual([message]);
});

/** Stands in for az on PATH. */
async function fakeAz(cloud: ScriptedAzure, body: string): Promise<void> {
  const bin = join(cloud.folder, 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'az'), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${bin}:${process.env['PATH'] ?? ''}`);
}

const AZ_ANSWER = `echo '{"accessToken":"from-az","expiresOn":"2099-01-01 00:00:00.000000","tenant":"t"}'`;

test.each<[string, Wanted, string, string]>([
  ['the tenant', { subscription: 's-1' }, `--tenant ${TENANT}`, '--subscription'],
  [
    'the subscription where no tenant is known',
    { subscription: 's-1', profile: { tenantId: undefined } },
    '--subscription s-1',
    '--tenant',
  ],
])('the Azure CLI is asked for %s, never for both', async (_, wanted, asked, never) => {
  await using cloud = await scriptedAzure();
  await fakeAz(cloud, `echo "$@" > ${cloud.folder}/called; ${AZ_ANSWER}`);
  const { credential } = await choose(cloud, { auth: 'azure-cli', ...wanted });
  expect(await credential.getToken(ARM)).toMatchObject({ token: 'from-az' });
  const called = await readFile(join(cloud.folder, 'called'), 'utf8');
  expect(called).toContain(asked);
  expect(called).not.toContain(never);
});

test("the Azure CLI's own refusal is said in plain words", async () => {
  await using cloud = await scriptedAzure();
  await fakeAz(cloud, `echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`);
  const { credential } = await choose(cloud, { auth: 'azure-cli' });
  await expect(credential.getToken(ARM)).rejects.toMatchObject({
    kind: 'sign-in',
    code: 'azure-cli-signed-out',
    hint: `Sign in again with \`az login --tenant ${TENANT}\`, then run the same command.`,
  });
});

test('a proxy for the internet does not get between us and a cloud on this machine', async () => {
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1');
  vi.stubEnv('NO_PROXY', '');
  await using cloud = await scriptedAzure();
  const azure = createAzure({
    profile: cloud.profile,
    credential: await choose(cloud, { env: secret }),
    subscriptionId: 's',
    tenantId: TENANT,
    clock: { now: () => Date.now(), monotonic: () => Date.now(), sleep: () => Promise.resolve() },
  });
  await expect(azure.groups.find('lab', new AbortController().signal)).resolves.toBeUndefined();
});

test('every secret that is signed in with is told, so that it can be kept out of what is shown', async () => {
  await using cloud = await scriptedAzure();
  const told = new Set<string>();
  const onSecret = (text: string): void => void told.add(text);
  await choose(cloud, { env: { ...secret, AZURE_CLIENT_SECRET: 'of-the-environment' }, onSecret });
  await choose(cloud, { profile: { credential: cloud.profile.credential }, onSecret });
  expect([...told]).toEqual(expect.arrayContaining(['of-the-environment', SECRET]));
});
