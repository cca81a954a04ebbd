import { API_VERSIONS } from './api-versions.ts';
import type { ArmRequest } from './arm-request.ts';
import type { Aborted } from './cluster-contract.ts';
import { field, text } from './read-json.ts';

const apiVersion = API_VERSIONS['Microsoft.ContainerService/managedClusters'];

/**
 * `managedClusters/abort`, stable since api-version 2023-01-01: 202 with the cluster, which goes by Canceling to Canceled; 204; 409 where the
 * latest operation has ended or is of a kind that AKS does not abort. https://learn.microsoft.com/azure/aks/manage-abort-operations
 */
export async function abortLatestOperation(
  arm: ArmRequest,
  clusterPath: string,
  signal: AbortSignal,
): Promise<Aborted> {
  const { status, body } = await arm.send('POST', `${clusterPath}/abort`, { apiVersion, accept: [404, 409], signal });
  if (status !== 404 && status !== 409) return { kind: 'accepted' };
  const error = field(body, 'error') ?? body;
  return { kind: 'refused', says: text(error, 'message') ?? `HTTP ${status}` };
}
