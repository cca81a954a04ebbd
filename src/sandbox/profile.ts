import { join } from 'node:path';
import type { Identity } from './identity.ts';
import type { Published } from './published.ts';
import type { ServedRegistry } from './registry-listener.ts';
import { writePrivateFile } from './server/private-file.ts';

const pace = (speed: number): string =>
  speed === 1
    ? 'What Azure takes minutes for takes minutes here, too.'
    : `What Azure takes time for is ${speed} times faster here; times that are said to be usual are Azure's.`;

const whatIsReal = ({ cluster }: Published): string =>
  cluster === undefined
    ? 'This is the sandbox: Azure and Kubernetes are imitated on this machine, and nothing costs money.'
    : `This is the sandbox: Azure is imitated, and costs nothing. The cluster is a real one, context ${cluster.context} at ${cluster.server}: what is installed there stays when the imitated cluster is deleted.`;

/** Writes `profile.json`, the cloud profile by which the product meets this sandbox like any other cloud, and returns it. */
export const writeProfile = (
  dir: string,
  published: Published,
  identity: Identity,
  registry: Pick<ServedRegistry, 'charts' | 'notes'>,
  speed: number,
): unknown => {
  const clientSecretFile = join(dir, 'client-secret');
  writePrivateFile(clientSecretFile, identity.clientSecret);
  const profile = {
    name: 'sandbox',
    armEndpoint: published.arm,
    armAudience: `${published.arm}/`,
    authorityHost: published.authority,
    logsEndpoint: published.logs,
    logsAudience: published.logs,
    portal: 'https://portal.azure.com',
    caFile: published.caFile,
    pollIntervalMs: 500,
    subscriptionId: identity.subscriptionId,
    tenantId: identity.tenantId,
    // A learner has no reason to prefer a region; every size that the defaults ask for is in this one.
    location: 'uksouth',
    credential: { kind: 'client-secret', clientId: identity.clientId, clientSecretFile },
    charts: registry.charts,
    ...(published.cluster === undefined ? {} : { clustersOutliveDeletion: true }),
    notes: [`${whatIsReal(published)} ${pace(speed)}`, ...registry.notes],
  };
  writePrivateFile(join(dir, 'profile.json'), `${JSON.stringify(profile, null, 2)}\n`);
  return profile;
};
