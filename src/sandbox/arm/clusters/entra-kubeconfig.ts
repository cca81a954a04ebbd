import { parse, stringify } from 'yaml';
import { aksServerApplication as serverApp } from '../../endpoints.ts';
import { arrayAt, isObject } from '../../json.ts';

/** Application id of AKS's Entra client application, the same in all clouds. */
const clientApp = '80faf920-1908-4b52-b5ef-a8e7bedfc67a';

/** A kubeconfig for an Entra cluster: the user asks kubelogin (`exec`) or the legacy plugin (`azure`) instead of holding a certificate. */
export const withExec = (text: string, format: string, tenantId: string): string => {
  const config: unknown = parse(text);
  const user =
    format === 'azure'
      ? {
          'auth-provider': {
            name: 'azure',
            config: { 'apiserver-id': serverApp, 'client-id': clientApp, 'tenant-id': tenantId },
          },
        }
      : {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1beta1',
            command: 'kubelogin',
            args: [
              'get-token',
              '--environment',
              'AzurePublicCloud',
              '--server-id',
              serverApp,
              '--client-id',
              clientApp,
              '--tenant-id',
              tenantId,
              '--login',
              'devicecode',
            ],
            provideClusterInfo: false,
          },
        };
  const users = arrayAt(config, 'users')
    .filter(isObject)
    .map((entry) => ({ ...entry, user }));
  return stringify(isObject(config) ? { ...config, users } : config);
};
