import type { ArmCall, Arm, Route } from './context.ts';
import { catalog, findProvider, findType, locationsOf } from './catalog.ts';
import type { TypeEntry } from './catalog.ts';
import { ArmError, groupNotFound } from './errors.ts';
import type { ArmPath } from './path.ts';
import { objectAt, textAt } from '../json.ts';
import { findRegion, regions } from './regions.ts';

export const checkSubscription = (path: ArmPath, arm: Arm): void => {
  const { subscriptionId } = path;
  if (subscriptionId === undefined || subscriptionId.toLowerCase() === arm.identity.subscriptionId) return;
  throw /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu.test(subscriptionId)
    ? new ArmError(404, 'SubscriptionNotFound', `The subscription '${subscriptionId}' could not be found.`)
    : new ArmError(
        400,
        'InvalidSubscriptionId',
        `The provided subscription identifier '${subscriptionId}' is malformed or invalid.`,
      );
};

/** Ours have at most a suffix after the date; anything else ARM does not even look up. */
const wellFormed = /^\d{4}-\d{2}-\d{2}(?:-[a-z]+)?$/iu;

/**
 * Api-versions as Azure enforces them: malformed, unknown (retired, not yet) and missing ones are refused in different ways.
 * `located` is where the resource is that the path names, where ARM knows it.
 */
export const checkApiVersion = (
  route: Route,
  apiVersion: string | null,
  body: unknown,
  located: string | undefined,
): void => {
  if (apiVersion === null || apiVersion === '') {
    throw new ArmError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  const provider = findProvider(route.namespace);
  const entry = provider === undefined ? undefined : findType(provider, route.type);
  if (entry === undefined || entry.apiVersions.includes(apiVersion)) return;
  const supported = entry.apiVersions.join(',');
  if (route.namespace === 'Microsoft.Resources' || !wellFormed.test(apiVersion)) {
    throw new ArmError(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${apiVersion}' is invalid. The supported versions are '${supported}'.`,
    );
  }
  const location = textAt(body, 'location') ?? located;
  if (location === undefined) {
    throw new ArmError(
      400,
      'InvalidResourceType',
      `The resource type '${route.type}' could not be found in the namespace '${route.namespace}' for api version '${apiVersion}'. The supported api-versions are '${supported}'.`,
    );
  }
  throw noRegisteredProvider(entry, apiVersion, location);
};

/** In ARM's words, which list versions from the oldest on. */
export const noRegisteredProvider = (entry: TypeEntry, apiVersion: string, location: string): ArmError => {
  const locations = locationsOf(entry).map((name) => name.replaceAll(' ', '').toLowerCase());
  return new ArmError(
    400,
    'NoRegisteredProviderFound',
    `No registered resource provider found for location '${location}' and API version '${apiVersion}' for type '${entry.type}'. The supported api-versions are '${[...entry.apiVersions].sort().join(', ')}'. The supported locations are '${locations.join(', ')}'.`,
  );
};

/** A namespace or type that no route knows. */
export const unknownRoute = (segments: readonly string[]): ArmError => {
  const index = segments.map((segment) => segment.toLowerCase()).lastIndexOf('providers');
  const namespace = segments[index + 1];
  if (index < 0 || namespace === undefined) return new ArmError(404, 'NotFound', 'The requested path was not found.');
  const provider = catalog.find((entry) => entry.namespace.toLowerCase() === namespace.toLowerCase());
  if (provider === undefined) {
    return new ArmError(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
  }
  const type = segments
    .slice(index + 2)
    .filter((_, position) => position % 2 === 0)
    .join('/');
  return new ArmError(
    404,
    'InvalidResourceType',
    `The resource type '${type}' could not be found in the namespace '${namespace}'.`,
  );
};

/** Top-level resources are in ARM's own index, what is inside them or stands on others is not. */
const tracked = (route: Route): boolean => {
  const provider = findProvider(route.namespace);
  const entry = provider === undefined ? undefined : findType(provider, route.type);
  return !route.type.includes('/') && entry?.global !== true;
};

export const checkRegistration = (route: Route, arm: Arm): void => {
  if (route.namespace === 'Microsoft.Resources') return;
  const state = arm.registrations.provider(route.namespace);
  // Reads of what ARM tracks itself it answers itself; the rest it passes on, to nobody while the provider is unknown here.
  if ((route.method === 'GET' || route.method === 'HEAD') && (tracked(route) || state !== 'NotRegistered')) return;
  if (state === 'Registered' || findProvider(route.namespace)?.registrationFree === true) return;
  throw notRegistered(route.namespace);
};

export const notRegistered = (namespace: string): ArmError => {
  const message = `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`;
  const code = 'MissingSubscriptionRegistration';
  return new ArmError(409, code, message, { details: [{ code, target: namespace, message }] });
};

export const groupBeingDeleted = (group: string): ArmError =>
  new ArmError(
    409,
    'ResourceGroupBeingDeleted',
    `The resource group '${group}' is in deprovisioning state and cannot perform this operation.`,
  );

/** Everything inside a group needs the group, and a group that is being deleted takes nothing new. */
export const checkGroup = (path: ArmPath, method: string, arm: Arm): void => {
  if (path.group === undefined || path.segments.length <= 4) return;
  const group = arm.groups.get(path.group);
  if (group === undefined) throw groupNotFound(path.group);
  if (group.provisioningState === 'Deleting' && (method === 'PUT' || method === 'PATCH' || method === 'POST')) {
    throw groupBeingDeleted(path.group);
  }
};

export const checkLocation = (call: ArmCall): string => {
  const location = textAt(call.body, 'location');
  if (location === undefined || location === '') {
    throw new ArmError(400, 'LocationRequired', 'The location property is required for this definition.');
  }
  const region = findRegion(location);
  if (region !== undefined) return region.name;
  throw new ArmError(
    400,
    'LocationNotAvailableForResourceType',
    `The provided location '${location}' is not available for resource type '${call.route.namespace}/${call.route.type}'. List of available regions for the resource type is '${regions.map(({ name }) => name).join(',')}'.`,
  );
};

const isControl = (character: string): boolean => character < ' ' || character === '\u007F';

/** Names that begin like this are Microsoft's own. */
const reservedTag = /^(?:microsoft|azure|windows)/iu;

/** ARM's limits on tags: 50, names of 512 characters and values of 256, both texts. */
export const checkTags = (body: unknown): void => {
  const tags = Object.entries(objectAt(body, 'tags'));
  const names = tags.map(([name]) => name);
  const refuse = (code: string, message: string, wrong: readonly unknown[]): void => {
    if (wrong.length > 0) throw new ArmError(400, code, message);
  };
  const listed = (wrong: readonly string[]): string => wrong.join(', ');
  if (tags.length > 50)
    throw new ArmError(
      400,
      'InvalidTags',
      `Too many tags specified. Requested tag count - '${tags.length}'. Maximum number of tags allowed - '50'.`,
    );
  refuse(
    'InvalidTagName',
    'The tag name must be non-null, non-empty and non-whitespace only. Please provide an actual value.',
    names.filter((name) => name.trim() === ''),
  );
  const odd = names.filter((name) => /[<>%&\\?/]/u.test(name) || name.split('').some(isControl));
  refuse(
    'InvalidTagNameCharacters',
    `The tag names '${listed(odd)}' have reserved characters '<,>,%,&,\\,?,/' or control characters.`,
    odd,
  );
  const reserved = names.filter((name) => reservedTag.test(name));
  refuse(
    'InvalidTagNamePrefix',
    `The tag names '${listed(reserved)}' begin with one of the reserved prefixes 'microsoft, azure, windows'.`,
    reserved,
  );
  const long = names.filter((name) => name.length > 512);
  refuse(
    'InvalidTagName',
    `Tag key too large. Following tag name '${listed(long)}' exceeded the maximum length. Maximum allowed length for tag name - '512' characters.`,
    long,
  );
  const large = tags.map(([, value]) => value).filter((value) => typeof value === 'string' && value.length > 256);
  refuse(
    'InvalidTagValueLength',
    `Tag value too large. Following tag value '${listed(large.map(String))}' exceeded the maximum length. Maximum allowed length for tag value - '256' characters.`,
    large,
  );
};
