import { json } from '../server/http.ts';
import { catalog, findProvider, locationsOf } from './catalog.ts';
import type { ProviderEntry } from './catalog.ts';
import type { Arm, ArmCall, Route } from './context.ts';
import { ArmError } from './errors.ts';
import { page } from './paging.ts';

const own = { namespace: 'Microsoft.Resources', type: 'providers' } as const;

const view = (entry: ProviderEntry, arm: Arm): unknown => ({
  id: `/subscriptions/${arm.identity.subscriptionId}/providers/${entry.namespace}`,
  namespace: entry.namespace,
  resourceTypes: entry.types.map((type) => ({
    resourceType: type.type,
    locations: locationsOf(type),
    apiVersions: type.apiVersions,
    defaultApiVersion: type.apiVersions.find((version) => !version.endsWith('-preview')) ?? type.apiVersions[0],
    capabilities:
      type.global === true
        ? 'None'
        : 'CrossResourceGroupResourceMove, CrossSubscriptionResourceMove, SupportsTags, SupportsLocation',
  })),
  registrationState: arm.registrations.provider(entry.namespace),
  registrationPolicy: entry.registrationFree === true ? 'RegistrationFree' : 'RegistrationRequired',
});

const provider = (call: ArmCall): ProviderEntry => {
  const entry = findProvider(call.param('namespace'));
  if (entry !== undefined) return entry;
  throw new ArmError(
    404,
    'InvalidResourceNamespace',
    `The resource namespace '${call.param('namespace')}' is invalid.`,
  );
};

export const providerRoutes: readonly Route[] = [
  {
    ...own,
    method: 'GET',
    pattern: '/subscriptions/{subscription}/providers',
    permission: 'Microsoft.Resources/subscriptions/providers/read',
    handle: (call, arm) =>
      page(
        call,
        catalog.map((entry) => view(entry, arm)),
      ),
  },
  {
    ...own,
    method: 'GET',
    pattern: '/subscriptions/{subscription}/providers/{namespace}',
    permission: 'Microsoft.Resources/subscriptions/providers/read',
    handle: (call, arm) => json(200, view(provider(call), arm)),
  },
  {
    ...own,
    method: 'POST',
    pattern: '/subscriptions/{subscription}/providers/{namespace}/register',
    permission: '{namespace}/register/action',
    handle(call, arm) {
      const entry = provider(call);
      arm.registrations.registerProvider(entry.namespace);
      return json(200, view(entry, arm));
    },
  },
  {
    ...own,
    method: 'POST',
    pattern: '/subscriptions/{subscription}/providers/{namespace}/unregister',
    permission: '{namespace}/unregister/action',
    handle(call, arm) {
      const entry = provider(call);
      const inUse = arm.resources.list((record) =>
        record.type.toLowerCase().startsWith(`${entry.namespace.toLowerCase()}/`),
      );
      if (inUse.length > 0) {
        throw new ArmError(
          409,
          'SubscriptionUnregistrationFailed',
          `Cannot unregister the namespace '${entry.namespace}': the subscription still holds ${inUse.length} of its resources.`,
        );
      }
      arm.registrations.unregisterProvider(entry.namespace);
      return json(200, view(entry, arm));
    },
  },
];

/** Features that exist; ARM answers 404 for any other name. */
const features: readonly (readonly [string, string])[] = [
  ['Microsoft.ContainerService', 'KubeProxyConfigurationPreview'],
  ['Microsoft.ContainerService', 'AKS-ExtensionManager'],
  ['Microsoft.ContainerService', 'NodeAutoProvisioningPreview'],
];

const featureView = (namespace: string, name: string, arm: Arm): unknown => ({
  properties: { state: arm.registrations.feature(namespace, name) },
  id: `/subscriptions/${arm.identity.subscriptionId}/providers/Microsoft.Features/providers/${namespace}/features/${name}`,
  type: 'Microsoft.Features/providers/features',
  name: `${namespace}/${name}`,
});

const feature = (call: ArmCall): readonly [string, string] => {
  const [namespace, name] = [call.param('namespace').toLowerCase(), call.param('feature').toLowerCase()];
  const known = features.find(([one, other]) => one.toLowerCase() === namespace && other.toLowerCase() === name);
  if (known !== undefined) return known;
  throw new ArmError(404, 'FeatureNotFound', `The feature '${call.param('feature')}' could not be found.`);
};

const featureBase = '/subscriptions/{subscription}/providers/Microsoft.Features/providers/{namespace}/features';
const featureOwn = { namespace: 'Microsoft.Features', type: 'features' } as const;

export const featureRoutes: readonly Route[] = [
  {
    ...featureOwn,
    method: 'GET',
    pattern: featureBase,
    handle: (call, arm) =>
      page(
        call,
        features
          .filter(([namespace]) => namespace.toLowerCase() === call.param('namespace').toLowerCase())
          .map(([namespace, name]) => featureView(namespace, name, arm)),
        { size: 2 },
      ),
  },
  {
    ...featureOwn,
    method: 'GET',
    pattern: `${featureBase}/{feature}`,
    handle: (call, arm) => json(200, featureView(...feature(call), arm)),
  },
  {
    ...featureOwn,
    method: 'POST',
    pattern: `${featureBase}/{feature}/register`,
    permission: 'Microsoft.Features/providers/features/register/action',
    handle(call, arm) {
      const [namespace, name] = feature(call);
      arm.registrations.registerFeature(namespace, name);
      return json(200, featureView(namespace, name, arm));
    },
  },
  {
    ...featureOwn,
    method: 'POST',
    pattern: `${featureBase}/{feature}/unregister`,
    permission: 'Microsoft.Features/providers/features/unregister/action',
    handle(call, arm) {
      const [namespace, name] = feature(call);
      arm.registrations.unregisterFeature(namespace, name);
      return json(200, featureView(namespace, name, arm));
    },
  },
];
