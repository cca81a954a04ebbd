import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAccess } from '../../../src/sandbox/attached/access.ts';
import { attachedKubeconfig } from '../../../src/sandbox/attached/kubeconfig.ts';
import { scratch } from '../../support/scratch.ts';

const pem = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig with two contexts, of which the second is current. */
const kubeconfig = (
  user: string,
  cluster = `server: "https://127.0.0.1:45321/", certificate-authority-data: ${pem('CA')}`,
): string =>
  [
    'apiVersion: v1',
    'kind: Config',
    'current-context: kind-lab',
    'contexts:',
    '- {name: prod, context: {cluster: prod, user: prod}}',
    '- {name: kind-lab, context: {cluster: kind, user: kind}}',
    'clusters:',
    '- {name: prod, cluster: {server: "https://prod.example.com"}}',
    `- {name: kind, cluster: {${cluster}}}`,
    'users:',
    '- {name: prod, user: {token: prod}}',
    `- {name: kind, user: {${user}}}`,
    '',
  ].join('\n');

const certificate = `client-certificate-data: ${pem('CERT')}, client-key-data: ${pem('KEY')}`;

test('the current context is taken, whatever else the file holds', () => {
  expect(readAccess(kubeconfig(certificate), '/home/me/config')).toEqual({
    context: 'kind-lab',
    server: 'https://127.0.0.1:45321',
    ca: 'CA',
    insecure: false,
    serverName: undefined,
    token: undefined,
    client: { certificate: 'CERT', key: 'KEY' },
  });
});

test('files that it names are read beside it and put into the credential that ARM gives', () => {
  const dir = scratch();
  for (const [name, text] of [
    ['ca.pem', 'CA'],
    ['me.pem', 'CERT'],
    ['me.key', 'KEY'],
  ] as const)
    writeFileSync(join(dir, name), text);
  const access = readAccess(
    kubeconfig(
      'client-certificate: me.pem, client-key: ./me.key',
      'server: "https://192.168.49.2:8443", certificate-authority: ca.pem, tls-server-name: minikube',
    ),
    join(dir, 'config'),
  );
  expect(access).toMatchObject({ ca: 'CA', serverName: 'minikube', client: { certificate: 'CERT', key: 'KEY' } });
  const given = attachedKubeconfig(
    access,
    { id: '/subscriptions/s/resourceGroups/rg/providers/x', name: 'lab' },
    'clusterUser',
  );
  expect({ ...readAccess(given, 'given'), context: 'kind-lab' }).toEqual(access);
  expect(given).toContain('clusterUser_rg_lab');
});

test.each([
  [
    'a plugin',
    'exec: {command: kubelogin, apiVersion: client.authentication.k8s.io/v1}',
    undefined,
    'signs in through the plugin kubelogin',
  ],
  ['a legacy plugin', 'auth-provider: {name: gcp}', undefined, 'signs in through the plugin gcp'],
  ['a password', 'username: admin, password: secret', undefined, 'signs in with a password'],
  ['nothing', '', undefined, 'neither a client certificate with its key nor a token'],
  [
    'a token behind a proxy',
    'token: abc',
    'server: "https://127.0.0.1:1", proxy-url: "http://proxy"',
    'behind a proxy',
  ],
  ['a token over plain HTTP', 'token: abc', 'server: "http://127.0.0.1:8080"', 'is not an https:// address'],
  ['a file that is not there', 'client-certificate: gone.pem, client-key-data: a2V5', undefined, '--flatten'],
])('a user with %s is refused with the way out', (_case, user, cluster, says) => {
  expect(() => readAccess(kubeconfig(user, cluster), '/home/me/config')).toThrow(says);
});

test.each([
  ['no YAML', '{', 'this is no kubeconfig'],
  ['no context', 'apiVersion: v1\nclusters: []\n', 'no context is chosen'],
  [
    'a context that leads nowhere',
    kubeconfig('token: abc').replace('user: kind}', 'user: gone}'),
    'names a cluster or a user that the file does not have',
  ],
])('a file with %s is refused', (_case, text, says) => {
  expect(() => readAccess(text, '/home/me/config')).toThrow(says);
});

test('no secret stands in a refusal', () => {
  const text = kubeconfig('token: very-secret', 'server: "http://127.0.0.1:8080"');
  expect(() => readAccess(text, '/home/me/config')).not.toThrow('very-secret');
});
