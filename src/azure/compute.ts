import { API_VERSIONS } from './api-versions.ts';
import type { ArmRequest } from './arm-request.ts';
import type { Compute, VmSize } from './azure.ts';
import { field, integer, list, text } from './read-json.ts';

/** One listing of a region serves all questions of a run about it: it is some thousand entries long. */
export const createCompute = (arm: ArmRequest, subscriptionId: string): Compute => {
  const provider = `/subscriptions/${subscriptionId}/providers/Microsoft.Compute`;
  const listed = new Map<string, readonly unknown[]>();
  return {
    async size(location, vmSize, signal) {
      const sizes =
        listed.get(location) ??
        (await arm.list(`${provider}/skus`, {
          apiVersion: API_VERSIONS['Microsoft.Compute/skus'],
          query: { $filter: `location eq '${location}'` },
          signal,
        }));
      listed.set(location, sizes);
      const found = sizes.find(
        (each) =>
          text(each, 'resourceType')?.toLowerCase() === 'virtualmachines' &&
          text(each, 'name')?.toLowerCase() === vmSize.toLowerCase() &&
          isIn(each, location),
      );
      return found === undefined ? undefined : parseSize(found);
    },
    async quota(location, family, signal) {
      const usages = await arm.list(`${provider}/locations/${location}/usages`, {
        apiVersion: API_VERSIONS['Microsoft.Compute/locations/usages'],
        signal,
      });
      const found = usages.find((each) => text(field(each, 'name'), 'value')?.toLowerCase() === family.toLowerCase());
      const used = integer(found, 'currentValue');
      const limit = integer(found, 'limit');
      return used === undefined || limit === undefined ? undefined : { used, limit };
    },
  };
};

/** Some clouds ignore the filter and list every region. */
function isIn(sku: unknown, location: string): boolean {
  const locations = list(sku, 'locations');
  return locations.length === 0 || locations.some((each) => String(each).toLowerCase() === location.toLowerCase());
}

function parseSize(sku: unknown): VmSize {
  const vCpus = list(sku, 'capabilities').find((each) => text(each, 'name') === 'vCPUs');
  // A restriction of type Zone leaves the region's other zones open.
  const restriction = list(sku, 'restrictions').find((each) => text(each, 'type') !== 'Zone');
  return {
    family: text(sku, 'family') ?? '',
    vCpus: integer(vCpus, 'value') ?? 0,
    restriction: restriction === undefined ? undefined : (text(restriction, 'reasonCode') ?? 'restricted'),
  };
}
