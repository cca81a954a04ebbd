import type { KeyPair } from '../server/certificates.ts';
import type { ClusterSpec } from './host.ts';

interface KubeconfigParts {
  readonly spec: ClusterSpec;
  readonly port: number;
  /** PEM. */
  readonly ca: string;
  readonly client: KeyPair;
  readonly token: string;
  readonly user: 'clusterUser' | 'clusterAdmin';
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/**
 * Kubeconfig as listClusterUserCredential gives it, names and all. Only the server differs from AKS: it is on loopback, so
 * `tls-server-name` says for which host the certificate stands.
 */
export const kubeconfigText = ({ spec, port, ca, client, token, user }: KubeconfigParts): string => {
  const group = /\/resourcegroups\/([^/]+)/i.exec(spec.id)?.[1] ?? 'default';
  const name = `${user}_${group}_${spec.name}`;
  const context = user === 'clusterAdmin' ? `${spec.name}-admin` : spec.name;
  return [
    'apiVersion: v1',
    'clusters:',
    '- cluster:',
    `    certificate-authority-data: ${base64(ca)}`,
    `    server: https://127.0.0.1:${port}`,
    `    tls-server-name: ${spec.fqdn}`,
    `  name: ${spec.name}`,
    'contexts:',
    '- context:',
    `    cluster: ${spec.name}`,
    `    user: ${name}`,
    `  name: ${context}`,
    `current-context: ${context}`,
    'kind: Config',
    'preferences: {}',
    'users:',
    `- name: ${name}`,
    '  user:',
    `    client-certificate-data: ${base64(client.certificate)}`,
    `    client-key-data: ${base64(client.key)}`,
    `    token: ${token}`,
    '',
  ].join('\n');
};
