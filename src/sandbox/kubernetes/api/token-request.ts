import { invalid, invalidValue, methodNotAllowed, notFound } from './api-error.ts';
import { objectBody } from './body.ts';
import { listAt, numberAt } from './json.ts';
import { json, type ApiReply, type ApiRequest } from './request.ts';
import { builtin } from './resource-table.ts';
import { reviewFields } from './reviews.ts';
import type { SpecialContext } from './special.ts';
import { stamp } from './stamp.ts';

const resource = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  subresource: 'token',
};

/** POST of `serviceaccounts/NAME/token`. */
export const tokenRequest = async (
  context: SpecialContext,
  request: ApiRequest,
  namespace: string | undefined,
  name: string,
): Promise<ApiReply> => {
  if (request.method !== 'POST') throw methodNotAllowed();
  const accounts = builtin('serviceaccounts');
  const account = context.store.get(accounts, namespace, name);
  if (account === undefined) throw notFound(accounts, name);
  const body = await objectBody(request);
  const asked = listAt(body, 'spec', 'audiences').filter((audience) => typeof audience === 'string');
  const audiences = asked.length > 0 ? asked : ['https://kubernetes.default.svc.cluster.local'];
  const seconds = numberAt(body, 'spec', 'expirationSeconds') ?? 3600;
  if (seconds < 600)
    throw invalid(resource.group, resource.kind, '', [
      invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes'),
    ]);
  const expires = context.clock.now() + seconds * 1000;
  const { uid } = account.metadata;
  const token = context.identities.issue(namespace ?? '', name, uid ?? '', audiences, expires);
  return json(
    {
      kind: resource.kind,
      apiVersion: `${resource.group}/${resource.version}`,
      metadata: {
        name,
        namespace,
        uid,
        creationTimestamp: stamp(context.clock.now()),
        managedFields: reviewFields(context, resource, request, body),
      },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: null },
      status: { token, expirationTimestamp: stamp(expires) },
    },
    201,
  );
};
