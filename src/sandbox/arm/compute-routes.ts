import type { HttpReply } from '../server/http.ts';
import type { Arm, ArmCall, Route } from './context.ts';
import { providerError } from './checked-body.ts';
import { restrictionOf, usageOf, zonesOf } from './clusters/capacity.ts';
import { page } from './paging.ts';
import { findRegion, regions, vmSizes } from './regions.ts';
import type { Region, VmSize } from './regions.ts';

const namespace = 'Microsoft.Compute';

/** A size may be had in a region and not in each of its zones. */
const zoneRestriction = (size: VmSize, region: Region): readonly unknown[] => {
  const kept = zonesOf(region.name, size.name);
  const zones = region.zones.filter((zone) => !kept.includes(zone));
  return zones.length === 0
    ? []
    : [
        {
          type: 'Zone',
          values: [region.name],
          restrictionInfo: { locations: [region.name], zones },
          reasonCode: 'NotAvailableForSubscription',
        },
      ];
};

const skuView = (size: VmSize, region: Region, arm: Arm): unknown => {
  const restricted = restrictionOf(region.name, size.name, arm);
  return {
    resourceType: 'virtualMachines',
    name: size.name,
    tier: 'Standard',
    size: size.name.replace('Standard_', ''),
    family: size.family,
    locations: [region.name],
    locationInfo: [{ location: region.name, zones: region.zones, zoneDetails: [] }],
    capabilities: [
      { name: 'vCPUs', value: String(size.vCpus) },
      { name: 'vCPUsAvailable', value: String(size.vCpus) },
      { name: 'MemoryGB', value: String(size.memoryGb) },
      { name: 'CpuArchitectureType', value: 'x64' },
      { name: 'PremiumIO', value: /s_v|s$/u.test(size.name) ? 'True' : 'False' },
    ],
    restrictions:
      restricted === undefined
        ? zoneRestriction(size, region)
        : [
            {
              type: 'Location',
              values: [region.name],
              restrictionInfo: { locations: [region.name] },
              reasonCode: restricted,
            },
          ],
  };
};

const skus = (call: ArmCall, arm: Arm): HttpReply => {
  const filter = call.request.url.searchParams.get('$filter');
  const wanted = filter === null ? undefined : /^\s*location eq '([^']*)'\s*$/iu.exec(filter)?.[1];
  if (filter !== null && wanted === undefined)
    throw providerError(400, 'InvalidFilter', `The filter '${filter}' is not supported: only location eq 'name' is.`);
  const chosen = wanted === undefined ? regions : regions.filter(({ name }) => name === findRegion(wanted)?.name);
  return page(
    call,
    chosen.flatMap((region) =>
      vmSizes.filter(({ name }) => !region.lacks.includes(name)).map((size) => skuView(size, region, arm)),
    ),
  );
};

/** The same, and only what AKS takes: nothing of less than 2 vCPUs and 4 GB. */
const aksSkus = (call: ArmCall, arm: Arm): HttpReply => {
  const region = findRegion(call.param('location'));
  if (region === undefined)
    throw providerError(400, 'InvalidParameter', `The location '${call.param('location')}' is not valid.`);
  const sizes = vmSizes.filter(
    ({ name, vCpus, memoryGb }) => vCpus >= 2 && memoryGb >= 4 && !region.lacks.includes(name),
  );
  return page(
    call,
    sizes.map((size) => skuView(size, region, arm)),
  );
};

const wholeNames: Readonly<Record<string, string>> = {
  cores: 'Total Regional vCPUs',
  virtualMachines: 'Virtual Machines',
};

const usages = (call: ArmCall, arm: Arm): HttpReply => {
  const region = findRegion(call.param('location'));
  if (region === undefined)
    throw providerError(400, 'InvalidParameter', `The location '${call.param('location')}' is not valid.`);
  const families = [...new Set(vmSizes.map(({ family }) => family))];
  return page(
    call,
    ['cores', 'virtualMachines', ...families].map((name) => {
      const { used, limit } = usageOf(region.name, name, arm);
      const localized =
        wholeNames[name] ?? `${name.replace(/^standard/u, 'Standard ').replace(/Family$/u, ' Family')} vCPUs`;
      return { limit, unit: 'Count', currentValue: used, name: { value: name, localizedValue: localized } };
    }),
  );
};

export const computeRoutes: readonly Route[] = [
  {
    namespace,
    type: 'skus',
    method: 'GET',
    pattern: `/subscriptions/{subscription}/providers/${namespace}/skus`,
    handle: skus,
  },
  {
    namespace: 'Microsoft.ContainerService',
    type: 'locations/vmSkus',
    method: 'GET',
    pattern: '/subscriptions/{subscription}/providers/Microsoft.ContainerService/locations/{location}/vmSkus',
    handle: aksSkus,
  },
  {
    namespace,
    type: 'locations/usages',
    method: 'GET',
    pattern: `/subscriptions/{subscription}/providers/${namespace}/locations/{location}/usages`,
    permission: 'Microsoft.Compute/locations/usages/read',
    handle: usages,
  },
];
