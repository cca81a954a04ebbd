import { readFileSync } from 'node:fs';
import { ContainerServiceClient } from '@azure/arm-containerservice';
import { OperationalInsightsManagementClient } from '@azure/arm-operationalinsights';
import { ResourceManagementClient } from '@azure/arm-resources';
import { SecurityInsights } from '@azure/arm-securityinsight';
import { ClientSecretCredential } from '@azure/identity';

interface Profile {
  readonly armEndpoint: string;
  readonly authorityHost: string;
  readonly caFile: string;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly credential: { readonly clientId: string; readonly clientSecretFile: string };
}

/** Azure's own clients for the cloud of a profile, as their documentation makes them. */
export const clientsOf = (file: string) => {
  const { armEndpoint, authorityHost, caFile, subscriptionId, tenantId, credential } = JSON.parse(
    readFileSync(file, 'utf8'),
  ) as Profile;
  const tlsOptions = { ca: readFileSync(caFile, 'utf8') };
  const secret = readFileSync(credential.clientSecretFile, 'utf8');
  const own = new ClientSecretCredential(tenantId, credential.clientId, secret, {
    authorityHost,
    disableInstanceDiscovery: true,
    tlsOptions,
  });
  const scopes = [`${armEndpoint}/.default`];
  const options = { endpoint: armEndpoint, credentialScopes: scopes, credentials: { scopes }, tlsOptions };
  return {
    resources: new ResourceManagementClient(own, subscriptionId, options),
    insights: new OperationalInsightsManagementClient(own, subscriptionId, options),
    sentinel: new SecurityInsights(own, subscriptionId, options),
    aks: new ContainerServiceClient(own, subscriptionId, options),
  };
};

export type Clients = ReturnType<typeof clientsOf>;
