import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueAuthority, issueLeaf, type KeyPair, type Leaf } from '../../../src/sandbox/server/certificates.ts';

/** Files of a control plane's certificates and keys, 0600. */
export interface Pki {
  readonly ca: string;
  readonly caKey: string;
  readonly caPem: string;
  readonly frontProxyCa: string;
  readonly serviceAccountKey: string;
  /** Paths without `.crt` and `.key`. */
  readonly server: string;
  readonly frontProxy: string;
  readonly kubeletClient: string;
  /** By client: `admin`, `controller-manager`, `scheduler`, `kwok`. */
  readonly kubeconfig: Readonly<Record<ClientName, string>>;
  readonly admin: KeyPair;
}

type ClientName = 'admin' | 'controller-manager' | 'scheduler' | 'kwok';

const clients: Readonly<Record<ClientName, { readonly commonName: string; readonly organization?: string }>> = {
  admin: { commonName: 'admin', organization: 'system:masters' },
  'controller-manager': { commonName: 'system:kube-controller-manager' },
  scheduler: { commonName: 'system:kube-scheduler' },
  kwok: { commonName: 'kwok', organization: 'system:masters' },
};

/** Two authorities and what they sign, written below `dir`, for an API server at `server`. */
export const writePki = async (dir: string, server: string): Promise<Pki> => {
  mkdirSync(dir, { mode: 0o700 });
  const now = Date.now();
  const file = (name: string, text: string): string => {
    const path = join(dir, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const signed = async (authority: KeyPair, name: string, leaf: Leaf): Promise<KeyPair> => {
    const pair = await issueLeaf(authority, leaf, now);
    file(`${name}.crt`, pair.certificate);
    file(`${name}.key`, pair.key);
    return pair;
  };
  const [ca, frontProxyCa] = await Promise.all([issueAuthority('kubernetes', now), issueAuthority('front-proxy', now)]);
  const kubeconfigOf = async (name: ClientName): Promise<readonly [string, KeyPair]> => {
    const pair = await signed(ca, name, { ...clients[name], usage: 'client' });
    return [file(`${name}.kubeconfig`, kubeconfig(server, ca.certificate, name, pair)), pair];
  };
  const [admin, controllerManager, scheduler, kwok] = await Promise.all([
    kubeconfigOf('admin'),
    kubeconfigOf('controller-manager'),
    kubeconfigOf('scheduler'),
    kubeconfigOf('kwok'),
    signed(ca, 'server', {
      commonName: 'kube-apiserver',
      dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
      ipAddresses: ['127.0.0.1', '10.0.0.1'],
      usage: 'server',
    }),
    signed(frontProxyCa, 'front-proxy', { commonName: 'front-proxy-client', usage: 'client' }),
    signed(ca, 'kubelet-client', {
      commonName: 'kube-apiserver-kubelet-client',
      organization: 'system:masters',
      usage: 'client',
    }),
  ]);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    ca: file('ca.crt', ca.certificate),
    caKey: file('ca.key', ca.key),
    caPem: ca.certificate,
    frontProxyCa: file('front-proxy-ca.crt', frontProxyCa.certificate),
    serviceAccountKey: file('service-account.key', privateKey.export({ type: 'sec1', format: 'pem' }).toString()),
    server: join(dir, 'server'),
    frontProxy: join(dir, 'front-proxy'),
    kubeletClient: join(dir, 'kubelet-client'),
    kubeconfig: {
      admin: admin[0],
      'controller-manager': controllerManager[0],
      scheduler: scheduler[0],
      kwok: kwok[0],
    },
    admin: admin[1],
  };
};

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** JSON is YAML, and every client reads it. */
const kubeconfig = (server: string, ca: string, name: string, { certificate, key }: KeyPair): string =>
  JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'plane', cluster: { server, 'certificate-authority-data': base64(ca) } }],
      users: [{ name, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } }],
      contexts: [{ name: 'plane', context: { cluster: 'plane', user: name } }],
      'current-context': 'plane',
    },
    undefined,
    2,
  );
