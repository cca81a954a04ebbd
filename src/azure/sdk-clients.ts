import type { ContainerServiceClient } from '@azure/arm-containerservice';
import type { OperationalInsightsManagementClient } from '@azure/arm-operationalinsights';
import type { ResourceManagementClient } from '@azure/arm-resources';
import type { SecurityInsights } from '@azure/arm-securityinsight';
import type { CloudProfile } from '../config/cloud-profile.ts';
import { API_VERSIONS } from './api-versions.ts';
import { isAbsent, toProblem, type ErrorContext } from './arm-error.ts';
import { armScope, USER_AGENT } from './arm-request.ts';
import type { Connection } from './connection.ts';
import { mayWritePolicy } from './may-write.ts';
import { patiencePolicy, retryOptions, type RetrySettings } from './patience.ts';
import { renewTokenPolicy } from './renew-token.ts';
import { silencePolicy } from './silence.ts';
import type { SharedCredential } from './shared-tokens.ts';

export const SENTINEL_API_VERSION = API_VERSIONS['Microsoft.SecurityInsights/alertRules'];

/** The SDKs' clients, made when first needed: each costs some 90 ms to load. A workspace may be in another subscription. */
export interface SdkClients {
  resources(): Promise<ResourceManagementClient>;
  containers(): Promise<ContainerServiceClient>;
  workspaces(subscriptionId: string): Promise<OperationalInsightsManagementClient>;
  sentinel(subscriptionId: string): Promise<SecurityInsights>;
  /** Runs an SDK call; its errors come back as `Problem`, an abort as the signal's own reason. */
  call<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** The same, with undefined for what does not exist. */
  find<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined>;
}

export interface SdkOptions {
  readonly profile: CloudProfile;
  readonly subscriptionId: string;
  readonly credential: SharedCredential;
  readonly connection: Connection;
  readonly context: ErrorContext;
  readonly retry: RetrySettings;
  /** Throws where this process may write no more. */
  readonly mayWrite?: (() => void) | undefined;
}

export function createSdkClients({
  profile,
  subscriptionId,
  credential,
  connection,
  context,
  retry,
  mayWrite,
}: SdkOptions): SdkClients {
  const once = memo();
  const scopes = [armScope(profile)];
  const common = async () => ({
    ...connection.options,
    endpoint: profile.armEndpoint,
    // Two generations of SDKs spell it differently and ignore the other's spelling in silence.
    credentials: { scopes },
    credentialScopes: scopes,
    retryOptions: retryOptions(retry),
    userAgentOptions: { userAgentPrefix: USER_AGENT },
    additionalPolicies: [
      { policy: await patiencePolicy(retry), position: 'perCall' as const },
      { policy: renewTokenPolicy(credential, armScope(profile)), position: 'perRetry' as const },
      { policy: await silencePolicy(retry.silenceMs), position: 'perRetry' as const },
      ...(mayWrite === undefined ? [] : [{ policy: mayWritePolicy(mayWrite), position: 'perRetry' as const }]),
    ],
  });
  const call = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      throw toProblem(error, context);
    }
  };
  return {
    call,
    async find(signal, work) {
      try {
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        if (isAbsent(error)) return undefined;
        throw toProblem(error, context);
      }
    },
    resources: () =>
      once('resources', async () => {
        const { ResourceManagementClient } = await import('@azure/arm-resources');
        return new ResourceManagementClient(credential, subscriptionId, await common());
      }),
    containers: () =>
      once('containers', async () => {
        const { ContainerServiceClient } = await import('@azure/arm-containerservice');
        return new ContainerServiceClient(credential, subscriptionId, await common());
      }),
    workspaces: (subscription) =>
      once(`workspaces ${subscription}`, async () => {
        const { OperationalInsightsManagementClient } = await import('@azure/arm-operationalinsights');
        return new OperationalInsightsManagementClient(credential, subscription, await common());
      }),
    sentinel: (subscription) =>
      once(`sentinel ${subscription}`, async () => {
        const { SecurityInsights } = await import('@azure/arm-securityinsight');
        return new SecurityInsights(credential, subscription, {
          ...(await common()),
          apiVersion: SENTINEL_API_VERSION,
        });
      }),
  };
}

/** One promise for each name. */
function memo(): <T>(name: string, make: () => Promise<T>) => Promise<T> {
  const made = new Map<string, Promise<unknown>>();
  return <T>(name: string, make: () => Promise<T>): Promise<T> => {
    const known = made.get(name) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const fresh = make();
    made.set(name, fresh);
    return fresh;
  };
}
