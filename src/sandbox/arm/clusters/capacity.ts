import { arrayAt, isObject, numberAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { numberParameter, textParameter } from '../../faults.ts';
import type { Arm } from '../context.ts';
import { aksError } from '../errors.ts';
import { surgeOf } from './pool-versions.ts';
import { findRegion, findVmSize, vmSizes } from '../regions.ts';
import { checkRealNodes } from './real-cluster.ts';

/** vCPUs that a new pay-as-you-go subscription may use in a region, and the same for each family. */
const regionalLimit = 100;
const familyLimit = 100;

/** Machines of any size that a subscription may have in a region; `az vm list-usage` shows this limit of new subscriptions. */
const machineLimit = 25_000;

export interface Usage {
  readonly name: string;
  readonly used: number;
  readonly limit: number;
}

const poolsOf = (properties: JsonObject): readonly JsonObject[] =>
  arrayAt(properties, 'agentPoolProfiles').filter(isObject);

const vCpus = (pool: JsonObject): number =>
  (findVmSize(textAt(pool, 'vmSize') ?? '')?.vCpus ?? 0) * (numberAt(pool, 'count') ?? 1);

const inFamily = (pool: JsonObject, family: string): boolean =>
  family === 'cores' || findVmSize(textAt(pool, 'vmSize') ?? '')?.family === family;

/** vCPUs in use by the sandbox's clusters in a region, or machines; `name` is a family, `cores` or `virtualMachines`. */
export const usageOf = (location: string, name: string, arm: Arm, except?: string): Usage => {
  const pools = arm.resources
    .ofType('Microsoft.ContainerService/managedClusters')
    .filter((record) => record.location === location && record.id.toLowerCase() !== except?.toLowerCase())
    .flatMap(({ properties }) => poolsOf(properties));
  const fault = arm.faults.find('quota-exceeded');
  const family = fault === undefined ? undefined : textParameter(fault, 'family');
  const applies =
    fault !== undefined && (family === undefined ? !['cores', 'virtualMachines'].includes(name) : family === name);
  if (name === 'virtualMachines' && !applies)
    return {
      name,
      used: pools.reduce((sum, pool) => sum + (numberAt(pool, 'count') ?? 1), 0),
      // A real cluster behind the sandbox has the nodes that it has.
      limit: arm.clusterHost.real?.()?.nodes ?? machineLimit,
    };
  return {
    name,
    used: pools.filter((pool) => inFamily(pool, name)).reduce((sum, pool) => sum + vCpus(pool), 0),
    limit: applies ? (numberParameter(fault, 'limit') ?? 10) : name === 'cores' ? regionalLimit : familyLimit,
  };
};

/** `NotAvailableForSubscription`, `missing`, or undefined where the size may be used. */
export const restrictionOf = (location: string, vmSize: string, arm: Arm): string | undefined => {
  const region = findRegion(location);
  const size = findVmSize(vmSize);
  const same = (name: string): boolean => name.toLowerCase() === vmSize.toLowerCase();
  const fault = arm.faults.find('sku-unavailable');
  const only = fault === undefined ? undefined : textParameter(fault, 'vmSize');
  if (region === undefined || size === undefined || region.lacks.some(same)) return 'missing';
  if (region.restricted.some(same) || (fault !== undefined && (only === undefined || same(only))))
    return 'NotAvailableForSubscription';
  return undefined;
};

/** Zones of a region that this subscription has a size in. */
export const zonesOf = (location: string, vmSize: string): readonly string[] => {
  const region = findRegion(location);
  const without = Object.entries(region?.zonesWithout ?? {}).find(
    ([name]) => name.toLowerCase() === vmSize.toLowerCase(),
  )?.[1];
  return (region?.zones ?? []).filter((zone) => without?.includes(zone) !== true);
};

const checkZones = (pool: JsonObject, location: string): void => {
  const supported = zonesOf(location, textAt(pool, 'vmSize') ?? '');
  const missing = arrayAt(pool, 'availabilityZones')
    .map(String)
    .filter((zone) => !supported.includes(zone));
  if (missing.length === 0) return;
  throw aksError(
    400,
    'AvailabilityZoneNotSupported',
    `Preflight validation check for resource(s) for container service failed. Message: The zone(s) '${missing.join(',')}' for resource '${textAt(pool, 'name') ?? ''}' is not supported. The supported zones for location '${location}' are '${supported.join(',')}'.`,
    'agentPoolProfile.availabilityZones',
  );
};

/** The nodes that upgrades add for a while, as pools of their own. */
const surging = (pools: readonly JsonObject[], before: readonly JsonObject[]): readonly JsonObject[] =>
  pools.map((pool) => ({
    ...pool,
    count: surgeOf(
      pool,
      before.find((one) => one['name'] === pool['name']),
    ),
  }));

/** AKS's checks of sizes and quota, made when a PUT is accepted. */
export const checkCapacity = (
  pools: readonly JsonObject[],
  location: string,
  arm: Arm,
  clusterId: string,
  before: readonly JsonObject[] = [],
): void => {
  for (const pool of pools) {
    checkSize(pool, location, arm);
    checkZones(pool, location);
  }
  checkRealNodes(pools, arm);
  const families = new Set(pools.map((pool) => findVmSize(textAt(pool, 'vmSize') ?? '')?.family ?? ''));
  for (const family of ['cores', ...families].filter((name) => name !== '')) {
    const wanted = [...pools, ...surging(pools, before)]
      .filter((pool) => inFamily(pool, family))
      .reduce((sum, pool) => sum + vCpus(pool), 0);
    const { used, limit } = usageOf(location, family, arm, clusterId);
    if (used + wanted <= limit) continue;
    const what = family === 'cores' ? 'regional vcpu quota' : 'vcpu quota';
    const whose = family === 'cores' ? '' : ` for family ${family}`;
    throw aksError(
      400,
      'ErrCode_InsufficientVCPUQuota',
      `Insufficient ${what} requested ${wanted}, remaining ${Math.max(0, limit - used)}${whose} for region ${location}.`,
    );
  }
};

const checkSize = (pool: JsonObject, location: string, arm: Arm): void => {
  const vmSize = textAt(pool, 'vmSize') ?? '';
  const size = findVmSize(vmSize);
  if (restrictionOf(location, vmSize, arm) !== undefined || size === undefined) {
    const available = vmSizes
      .filter(({ name }) => restrictionOf(location, name, arm) === undefined)
      .map(({ name }) => name.toLowerCase());
    throw aksError(
      400,
      'BadRequest',
      `The VM size of ${vmSize} is not allowed in your subscription in location '${location}'. The available VM sizes are '${available.join(',')}'. For more details, please visit https://aka.ms/cpu-quota`,
    );
  }
  const tooSmall = size.vCpus < 2 || size.memoryGb < 4 || /^Standard_B/iu.test(size.name);
  if (textAt(pool, 'mode') === 'System' && tooSmall) {
    throw aksError(
      400,
      'SystemPoolSkuTooLow',
      `The VM size ${vmSize} cannot be used in system agent pool '${textAt(pool, 'name') ?? ''}': B-series sizes and sizes under 2 vCPUs and 4 GB of memory are not supported.`,
    );
  }
};
