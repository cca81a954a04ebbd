import { authorize, rulesFor } from './rbac.ts';
import type { ObjectStore } from '../objects.ts';
import type { Identities } from './identity.ts';
import { isObject, listAt, objectAt, textAt, type JsonObject } from './json.ts';
import type { ApiRequest, UserInfo } from './request.ts';
import type { ReviewResource } from './resource-table.ts';

interface ReviewContext {
  readonly store: ObjectStore;
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
    metadata: objectAt(body, 'metadata'),
    status,
  });
  const spec = objectAt(body, 'spec');
  switch (resource.plural) {
    case 'selfsubjectreviews':
      return answer({ userInfo: request.user });
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
      return answer({
        resourceRules: rules.filter((rule) => listAt(rule, 'resources').length > 0),
        nonResourceRules: rules
          .filter((rule) => listAt(rule, 'nonResourceURLs').length > 0)
          .map((rule) => ({ verbs: rule['verbs'], nonResourceURLs: rule['nonResourceURLs'] })),
        incomplete: false,
      });
    }
    default:
      return resource satisfies never;
  }
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
  return decision === undefined ? { allowed: false } : { allowed: true, reason: decision };
};
