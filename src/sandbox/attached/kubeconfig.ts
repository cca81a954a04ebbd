import { stringify } from 'yaml';
import type { ClusterSpec } from '../kubernetes/host.ts';
import type { Access } from './access.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The real cluster's kubeconfig under the names that AKS gives, as listClusterUserCredential answers it. */
export const attachedKubeconfig = (
  access: Access,
  spec: Pick<ClusterSpec, 'id' | 'name'>,
  user: 'clusterUser' | 'clusterAdmin',
): string => {
  const group = /\/resourcegroups\/([^/]+)/iu.exec(spec.id)?.[1] ?? 'default';
  const name = `${user}_${group}_${spec.name}`;
  const context = user === 'clusterAdmin' ? `${spec.name}-admin` : spec.name;
  return stringify(
    {
      apiVersion: 'v1',
      clusters: [
        {
          cluster: {
            ...(access.ca === undefined ? {} : { 'certificate-authority-data': base64(access.ca) }),
            ...(access.insecure ? { 'insecure-skip-tls-verify': true } : {}),
            server: access.server,
            ...(access.serverName === undefined ? {} : { 'tls-server-name': access.serverName }),
          },
          name: spec.name,
        },
      ],
      contexts: [{ context: { cluster: spec.name, user: name }, name: context }],
      'current-context': context,
      kind: 'Config',
      preferences: {},
      users: [
        {
          name,
          user: {
            ...(access.client === undefined
              ? {}
              : {
                  'client-certificate-data': base64(access.client.certificate),
                  'client-key-data': base64(access.client.key),
                }),
            ...(access.token === undefined ? {} : { token: access.token }),
          },
        },
      ],
    },
    { lineWidth: 0 },
  );
};
