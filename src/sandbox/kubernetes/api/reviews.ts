import { authorize, rulesFor } from './rbac.ts';
import type { SandboxClock } from '../../clock.ts';
import type { KubeObject, ObjectStore } from '../objects.ts';
import { invalid, invalidValue } from './api-error.ts';
import type { Catalog } from './catalog.ts';
import { asGoWrites } from './go-writing.ts';
import { trackUpdate } from './managed-fields.ts';
import { stamp } from './stamp.ts';
import { managerOf } from './write-request.ts';
import type { Identities } from './identity.ts';
import { isObject, listAt, objectAt, textAt, type JsonObject } from './json.ts';
import type { ApiRequest, UserInfo } from './request.ts';
import type { ReviewResource } from './resource-table.ts';

interface ReviewContext {
  readonly store: ObjectStore;
  readonly catalog: Catalog;
  readonly clock: SandboxClock;
  readonly identities: Identities;
}

/** Answers a review: the object that was posted, with its status. */
export const review = (
  context: ReviewContext,
  resource: ReviewResource,
  request: ApiRequest,
  body: JsonObject,
): object => {
  const answer = (status: object): object => ({
    ...body,
    kind: resource.kind,
    apiVersion: `${resource.group}/${resource.version}`,
    metadata: {
      ...objectAt(body, 'metadata'),
      managedFields: reviewFields(context, resource, request, body),
    },
    status,
  });
  const spec = objectAt(body, 'spec');
  if (resource.plural.endsWith('accessreviews')) checkAttributes(spec);
  switch (resource.plural) {
    case 'selfsubjectreviews':
      return {
        kind: resource.kind,
        apiVersion: `${resource.group}/${resource.version}`,
        metadata: { creationTimestamp: stamp(context.clock.now()) },
        status: { userInfo: request.user },
      };
    case 'tokenreviews': {
      const user = context.identities.byToken(textAt(spec, 'token') ?? '');
      return answer(user === undefined ? { user: {}, error: 'invalid bearer token' } : { authenticated: true, user });
    }
    case 'selfsubjectaccessreviews':
      return answer(decide(context, request.user, spec));
    case 'subjectaccessreviews':
    case 'localsubjectaccessreviews': {
      const groups = listAt(spec, 'groups').filter((group) => typeof group === 'string');
      return answer(decide(context, { username: textAt(spec, 'user') ?? '', groups }, spec));
    }
    case 'selfsubjectrulesreviews': {
      const rules = rulesFor(context.store, request.user, textAt(spec, 'namespace'));
      // The API server answers this one anew, without what was asked.
      return {
        kind: resource.kind,
        apiVersion: `${resource.group}/${resource.version}`,
        metadata: {},
        spec: {},
        status: {
          resourceRules: rules.filter((rule) => listAt(rule, 'resources').length > 0),
          nonResourceRules: rules
            .filter((rule) => listAt(rule, 'nonResourceURLs').length > 0)
            .map((rule) => ({ verbs: rule['verbs'], nonResourceURLs: rule['nonResourceURLs'] })),
          incomplete: false,
        },
      };
    }
    default:
      return resource satisfies never;
  }
};

/** Even what is never stored is noted to be somebody's. */
export const reviewFields = (
  context: Pick<ReviewContext, 'catalog' | 'clock'>,
  resource: { readonly group: string; readonly version: string; readonly kind: string; readonly subresource?: string },
  request: ApiRequest,
  body: JsonObject,
): unknown => {
  const shape = context.catalog.reviewShape(resource);
  const object = asGoWrites({ ...body, metadata: { ...objectAt(body, 'metadata') } }, shape) as KubeObject;
  return trackUpdate(undefined, object, shape, {
    name: managerOf(request),
    apiVersion: `${resource.group}/${resource.version}`,
    subresource: resource.subresource ?? '',
    time: stamp(context.clock.now()),
  }).metadata['managedFields'];
};

/** A review is of a resource or of a path. */
const checkAttributes = (spec: JsonObject): void => {
  const path = spec['nonResourceAttributes'];
  const resource = spec['resourceAttributes'];
  if (isObject(path) && isObject(resource)) {
    const printed = { Path: textAt(path, 'path') ?? '', Verb: textAt(path, 'verb') ?? '' };
    throw invalid('authorization.k8s.io', '', '', [
      invalidValue('spec.nonResourceAttributes', printed, 'cannot be specified in combination with resourceAttributes'),
    ]);
  }
  if (isObject(path) || isObject(resource)) return;
  throw invalid('authorization.k8s.io', '', '', [
    invalidValue(
      'spec.resourceAttributes',
      null,
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ),
  ]);
};

const decide = ({ store }: ReviewContext, user: UserInfo, spec: JsonObject): object => {
  const attributes = spec['resourceAttributes'];
  const path = objectAt(spec, 'nonResourceAttributes');
  const decision = isObject(attributes)
    ? authorize(store, user, {
        verb: textAt(attributes, 'verb') ?? '',
        group: textAt(attributes, 'group') ?? '',
        resource: `${textAt(attributes, 'resource') ?? ''}${textAt(attributes, 'subresource') ? `/${textAt(attributes, 'subresource') ?? ''}` : ''}`,
        namespace: textAt(attributes, 'namespace') || undefined,
        name: textAt(attributes, 'name') || undefined,
      })
    : authorize(store, user, { verb: textAt(path, 'verb') ?? '', path: textAt(path, 'path') ?? '' });
  return decision === undefined
    ? { allowed: false }
    : { allowed: true, ...(decision === '' ? {} : { reason: decision }) };
};
