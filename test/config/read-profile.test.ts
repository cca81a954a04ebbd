import { expect, test } from 'vitest';
import { parseCloudProfile } from '../../src/config/read-profile.ts';

const sandbox = {
  name: 'sandbox',
  armEndpoint: 'https://localhost:1',
  armAudience: 'https://localhost:1/',
  authorityHost: 'https://localhost:2',
  logsEndpoint: 'https://localhost:3',
  logsAudience: 'https://localhost:3',
  portal: 'https://portal.azure.com',
  caFile: '/ca.pem',
  pollIntervalMs: 500,
  subscriptionId: 's',
  tenantId: 't',
  credential: { kind: 'client-secret', clientId: 'c', clientSecretFile: '/secret' },
  charts: { cilium: { reference: 'oci://localhost:4/cilium', version: '1.0.0', sha256: 'a' } },
  notes: ['Charts are stand-ins.'],
};

const parse = (patch: Readonly<Record<string, unknown>>): unknown =>
  parseCloudProfile(JSON.stringify({ ...sandbox, ...patch }), 'profile.json');

test('reads what a private cloud publishes', () => {
  expect(parse({})).toMatchObject({ ...sandbox, privateAuthority: true, location: undefined });
});

test("Microsoft's own authorities are no private ones", () => {
  expect(parse({ authorityHost: 'https://login.microsoftonline.us/' })).toMatchObject({
    authorityHost: 'https://login.microsoftonline.us',
    privateAuthority: false,
  });
});

test.each([
  [{ armEndpoint: undefined }, 'armEndpoint is missing'],
  [{ armEndpoint: 'http://localhost' }, 'armEndpoint must be an https:// address'],
  [{ armEndpont: 'x' }, 'the key armEndpont is not known'],
  [{ credential: { kind: 'password' } }, 'credential.kind must be client-secret'],
  [{ charts: { cilium: { version: '1' } } }, 'charts.cilium.reference is missing'],
  [{ pollIntervalMs: 0 }, 'pollIntervalMs must be a number'],
  [{ notes: 'hello' }, 'notes must be a list of texts'],
])('refuses %j', (patch, says) => {
  expect(() => parse(patch)).toThrow(`profile.json is no cloud profile: ${says}`);
});

test('refuses what is not JSON', () => {
  expect(() => parseCloudProfile('{', 'profile.json')).toThrow('it must be a JSON object');
});
