import { abortLatestOperation } from './abort-cluster.ts';
import { API_VERSIONS } from './api-versions.ts';
import { Problem } from '../errors/problem.ts';
import type { ArmRequest, ArmResponse } from './arm-request.ts';
import { etagOf } from './arm-request.ts';
import type { Clusters, Submitted } from './cluster-contract.ts';
import { changed, withoutKubeProxy } from './cluster-update.ts';
import { parseCluster } from './parse-cluster.ts';
import { asRecord, field, list, text } from './read-json.ts';
import type { SdkClients } from './sdk-clients.ts';

/** Application of AKS's API servers in Microsoft Entra ID, the same in every cloud. */
const AKS_SERVER_SCOPE = '6dae42f8-4368-4678-94ff-3960e28e3630/.default';

/** What the Azure CLI sends with requests that carry kubeProxyConfig. */
const FEATURE_HEADER = { AKSHTTPCustomFeatures: 'Microsoft.ContainerService/KubeProxyConfigurationPreview' };

const stableApiVersion = API_VERSIONS['Microsoft.ContainerService/managedClusters'];

type Headers = Readonly<Record<string, string>>;

const FINAL = new Set(['succeeded', 'failed', 'canceled']);

export interface ClustersOptions {
  readonly arm: ArmRequest;
  readonly sdk: SdkClients;
  readonly subscriptionId: string;
  readonly apiVersion: (signal: AbortSignal) => Promise<string>;
  readonly watch: Clusters['watch'];
  readonly token: (scope: string, signal: AbortSignal) => Promise<string>;
}

/**
 * Bodies go by a request of ours, because the SDK drops kubeProxyConfig on the wire, without an error;
 * credentials, tags and deletion go by the SDK.
 */
export function createClusters(options: ClustersOptions): Clusters {
  const { arm, sdk, subscriptionId, apiVersion } = options;
  const path = (resourceGroup: string, name: string): string =>
    `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${name}`;
  const get = async (resourceGroup: string, name: string, signal: AbortSignal): Promise<unknown> =>
    arm.find(path(resourceGroup, name), { apiVersion: await apiVersion(signal), signal });
  const put = async (
    resourceGroup: string,
    name: string,
    body: unknown,
    headers: Headers,
    signal: AbortSignal,
  ): Promise<ArmResponse> =>
    arm.send('PUT', path(resourceGroup, name), {
      apiVersion: await apiVersion(signal),
      headers: { ...FEATURE_HEADER, ...headers },
      body,
      accept: [412],
      signal,
    });
  return {
    bodyApiVersion: apiVersion,
    watch: (operation, progress, signal) => options.watch(operation, progress, signal),
    entraToken: (signal) => options.token(AKS_SERVER_SCOPE, signal),
    async find(resourceGroup, name, signal) {
      const body = await get(resourceGroup, name, signal);
      return body === undefined ? undefined : parseCluster(body);
    },
    async create(resourceGroup, name, body, signal) {
      const response = await put(resourceGroup, name, body, { 'if-none-match': '*' }, signal);
      return response.status === 412 ? { kind: 'exists' } : accepted(response);
    },
    async update(resourceGroup, name, body, etag, signal) {
      const seen = await get(resourceGroup, name, signal);
      const now = seen === undefined ? undefined : etagOf(seen);
      if (etag !== undefined && now !== undefined && now !== etag) throw changedMeanwhile(name);
      const whole = seen === undefined ? body : changed(seen, body);
      const response = await put(resourceGroup, name, whole, etag === undefined ? {} : { 'if-match': etag }, signal);
      if (response.status === 412) throw changedMeanwhile(name);
      return accepted(response);
    },
    async disableKubeProxy(resourceGroup, name, signal) {
      const seen = await get(resourceGroup, name, signal);
      if (seen === undefined) throw missing(resourceGroup, name);
      const state = text(field(seen, 'properties'), 'provisioningState') ?? '';
      if (!FINAL.has(state.toLowerCase())) throw busy(name, state);
      const etag = etagOf(seen);
      const match: Headers = etag === undefined ? {} : { 'if-match': etag };
      const response = await put(resourceGroup, name, withoutKubeProxy(seen), match, signal);
      if (response.status === 412) throw changedMeanwhile(name);
      return accepted(response);
    },
    async tag(resourceGroup, name, tags, etag, signal) {
      const options = { abortSignal: signal, ...(etag !== undefined && { ifMatch: etag }) };
      await sdk.call(signal, async () =>
        (await sdk.containers()).managedClusters
          .updateTags(resourceGroup, name, { tags: { ...tags } }, options)
          .submitted(),
      );
    },
    async versions(location, signal) {
      const found = await arm.find(
        `/subscriptions/${subscriptionId}/providers/Microsoft.ContainerService/locations/${location}/kubernetesVersions`,
        { apiVersion: stableApiVersion, signal },
      );
      return list(found, 'values').flatMap((minor) => {
        const version = text(minor, 'version');
        return [
          ...(version === undefined ? [] : [version]),
          ...Object.keys(asRecord(field(minor, 'patchVersions')) ?? {}),
        ];
      });
    },
    async kubeconfig(resourceGroup, name, signal) {
      const { kubeconfigs = [] } = await sdk.call(signal, async () =>
        (await sdk.containers()).managedClusters.listClusterUserCredentials(resourceGroup, name, {
          abortSignal: signal,
        }),
      );
      const value = kubeconfigs[0]?.value;
      if (value !== undefined && value.length > 0) return Buffer.from(value).toString('utf8');
      throw new Problem(`AKS gave no kubeconfig for cluster ${name}.`, { kind: 'transient', code: 'no-kubeconfig' });
    },
    abort: (resourceGroup, name, signal) => abortLatestOperation(arm, path(resourceGroup, name), signal),
    async delete(resourceGroup, name, signal) {
      let headers: { get(name: string): string | undefined } | undefined;
      await sdk.find(signal, async () =>
        (await sdk.containers()).managedClusters
          .delete(resourceGroup, name, {
            abortSignal: signal,
            onResponse: (response) => {
              headers ??= response.headers;
            },
          })
          .submitted(),
      );
      return { kind: 'accepted', token: headers?.get('azure-asyncoperation') ?? headers?.get('location') };
    },
  };
}

/** The location header serves where the other is missing: the watch reads both kinds of answers. */
const accepted = (response: ArmResponse): Submitted => ({
  kind: 'accepted',
  token: response.header('azure-asyncoperation') ?? response.header('location'),
});

const missing = (resourceGroup: string, name: string): Problem =>
  new Problem(`There is no cluster ${name} in resource group ${resourceGroup}.`, {
    kind: 'failed',
    code: 'ResourceNotFound',
  });

const busy = (name: string, state: string): Problem =>
  new Problem(`Cluster ${name} is ${state}: AKS allows no second change at the same time.`, {
    kind: 'conflict',
    code: 'OperationNotAllowed',
    hint: 'Wait until it is over; the run continues by itself.',
  });

const changedMeanwhile = (name: string): Problem =>
  new Problem(`Cluster ${name} was changed by somebody else between the look and the change.`, {
    kind: 'conflict',
    code: 'PreconditionFailed',
    hint: 'The run looks again by itself; run the same command if it has stopped.',
  });
