import type { HttpReply, HttpRequest } from '../server/http.ts';
import { json } from '../server/http.ts';
import type { Arm } from './context.ts';

/** `GET /metadata/endpoints`, asked without a token and by old clients with two slashes; undefined for any other path. */
export const answerMetadata = (request: HttpRequest, arm: Arm): HttpReply | undefined => {
  if (!/^\/+metadata\/endpoints\/?$/iu.test(request.path) || request.method !== 'GET') return undefined;
  const apiVersion = request.url.searchParams.get('api-version') ?? '';
  const { arm: origin, authority, logs } = arm.endpoints();
  // az before 2.47 cannot switch instance discovery off; MSAL skips it for an authority that ends in /adfs.
  if (apiVersion < '2018') {
    return json(200, {
      galleryEndpoint: `${origin}/`,
      graphEndpoint: `${origin}/`,
      portalEndpoint: `${origin}/`,
      authentication: { loginEndpoint: `${authority}/adfs`, audiences: [`${origin}/`] },
    });
  }
  const cloud = {
    portal: 'https://portal.azure.com',
    authentication: {
      loginEndpoint: authority,
      audiences: [`${origin}/`, origin],
      tenant: arm.identity.tenantId,
      identityProvider: 'AAD',
    },
    media: origin,
    graphAudience: origin,
    graph: origin,
    name: 'sandbox',
    suffixes: {
      storage: 'core.sandbox.invalid',
      keyVaultDns: 'vault.sandbox.invalid',
      sqlServerHostname: 'database.sandbox.invalid',
      acrLoginServer: 'azurecr.sandbox.invalid',
    },
    batch: origin,
    resourceManager: origin,
    vmImageAliasDoc: origin,
    activeDirectoryDataLake: origin,
    sqlManagement: origin,
    microsoftGraphResourceId: origin,
    appInsightsResourceId: logs,
    appInsightsTelemetryChannelResourceId: logs,
    attestationResourceId: origin,
    synapseAnalyticsResourceId: origin,
    logAnalyticsResourceId: logs,
    ossrDbmsResourceId: origin,
    gallery: origin,
  };
  return json(200, apiVersion === '2019-05-01' ? [cloud] : cloud);
};
