import { arrayAt, isObject, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { Arm, ArmCall } from '../context.ts';
import { aksError } from '../errors.ts';
import type { ResourceRecord } from '../resources.ts';

const missing = (parameter: string): Error =>
  aksError(400, 'InvalidParameter', `Required parameter ${parameter} is missing (null).`, parameter);

/**
 * What AKS wants to be told in so many words, though its schema does not ask for it: who the cluster is, its DNS prefix,
 * and each new pool's mode, which "must be explicitly set when using ARM templates or direct API calls".
 */
export const checkRequired = (body: JsonObject, before: ResourceRecord | undefined): void => {
  const known = arrayAt(before?.properties, 'agentPoolProfiles').map((pool) => textAt(pool, 'name'));
  for (const pool of arrayAt(body, 'properties', 'agentPoolProfiles').filter(isObject)) {
    if (textAt(pool, 'mode') === undefined && !known.includes(textAt(pool, 'name')))
      throw missing('agentPoolProfile.mode');
  }
  if (before !== undefined) return;
  const { identity, properties } = body;
  if (textAt(identity, 'type') === undefined && textAt(properties, 'servicePrincipalProfile', 'clientId') === undefined)
    throw missing('servicePrincipalProfile');
  if (textAt(properties, 'dnsPrefix') === undefined && textAt(properties, 'fqdnSubdomain') === undefined)
    throw missing('dnsPrefix');
};

/** The node resource group is AKS's to make: one that is there and is not this cluster's is in the way. */
export const checkNodeGroup = (name: string, clusterId: string, arm: Arm): void => {
  const there = arm.groups.get(name);
  if (there === undefined || there.managedBy?.toLowerCase() === clusterId.toLowerCase()) return;
  throw aksError(
    400,
    'InvalidParameter',
    `The value of parameter nodeResourceGroup is invalid. Error details: the resource group '${name}' already exists. Please see https://aka.ms/aks-naming-rules for more details.`,
    'nodeResourceGroup',
  );
};

/** ARM knows api-versions by type only: of what a version of the type does not have yet, AKS itself knows nothing. */
export const checkServed = (call: ArmCall, served: (apiVersion: string) => boolean): void => {
  if (!served(call.apiVersion)) throw aksError(404, 'NotFound', 'The entity was not found.');
};
