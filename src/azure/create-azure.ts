import type { CloudProfile } from '../config/cloud-profile.ts';
import { createArmRequest, armScope } from './arm-request.ts';
import type { Azure } from './azure.ts';
import { clusterApiVersion } from './cluster-api-version.ts';
import { createClusters } from './clusters.ts';
import { createCompute } from './compute.ts';
import type { ChosenCredential } from './credential.ts';
import { createAssociations, createDataCollectionRules } from './data-collection.ts';
import { createFeatures } from './features.ts';
import type { RetrySettings } from './patience.ts';
import { createLocks } from './locks.ts';
import { createPolicies } from './policies.ts';
import { createProviders } from './providers.ts';
import { createResourceGroups } from './resource-groups.ts';
import { createSavedSearches } from './saved-searches.ts';
import { createSdkClients } from './sdk-clients.ts';
import { createSentinel } from './sentinel.ts';
import { readAccount } from './signed-in.ts';
import { createTables } from './tables.ts';
import { watchOperation, type WatchClock } from './watch-operation.ts';
import { createWorkspaces } from './workspaces.ts';

export interface CreateAzureOptions {
  readonly profile: CloudProfile;
  readonly credential: ChosenCredential;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly clock: WatchClock;
  /** Api-version for managed clusters; by default the best one that the provider lists. */
  readonly clusterApiVersion?: string | undefined;
  readonly retry?: RetrySettings;
  warn?(code: string, message: string): void;
  /** Asked before each request that could change something; throws where this process may write no more. */
  readonly mayWrite?: (() => void) | undefined;
}

/** Azure for one subscription. Asks nothing, and loads no SDK, until something is asked of it. */
export function createAzure(options: CreateAzureOptions): Azure {
  const { profile, subscriptionId, tenantId, clock, retry = {} } = options;
  const { credential, connection } = options.credential;
  const context = { tenant: tenantId, subscription: subscriptionId, authority: profile.authorityHost };
  const shared = { profile, credential, connection, context, retry, mayWrite: options.mayWrite };
  const arm = createArmRequest(shared);
  const sdk = createSdkClients({ ...shared, subscriptionId });
  const token = (scope: string, signal: AbortSignal): Promise<string> =>
    sdk.call(signal, async () => {
      const found = await credential.getToken(scope, { abortSignal: signal });
      return found?.token ?? '';
    });
  const providers = createProviders(sdk);
  return {
    subscriptionId,
    tenantId,
    pollIntervalMs: profile.pollIntervalMs,
    clustersOutliveDeletion: profile.clustersOutliveDeletion === true,
    signIn: async (signal) => readAccount(await token(armScope(profile), signal), tenantId, options.credential.says),
    providers,
    features: createFeatures(arm, subscriptionId),
    groups: createResourceGroups(sdk),
    workspaces: createWorkspaces(sdk, subscriptionId),
    tables: createTables(sdk),
    sentinel: createSentinel(sdk, arm),
    savedSearches: createSavedSearches(sdk),
    dataCollectionRules: createDataCollectionRules(arm, subscriptionId),
    associations: createAssociations(arm),
    clusters: createClusters({
      arm,
      sdk,
      subscriptionId,
      token,
      apiVersion: clusterApiVersion({
        configured: options.clusterApiVersion,
        providers,
        warn: (code, message) => options.warn?.(code, message),
      }),
      watch: (operation, progress, signal) =>
        watchOperation(operation, progress, signal, {
          arm,
          clock,
          context,
          armEndpoint: profile.armEndpoint,
          pollIntervalMs: profile.pollIntervalMs,
        }),
    }),
    compute: createCompute(arm, subscriptionId),
    locks: createLocks(arm, subscriptionId),
    policies: createPolicies(arm, subscriptionId),
  };
}
