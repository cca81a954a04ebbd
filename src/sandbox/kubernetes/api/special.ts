import type { SandboxClock } from '../../clock.ts';
import type { Kubelet } from '../agents.ts';
import type { ObjectStore } from '../objects.ts';
import { ApiError, badRequest, conflict, methodNotAllowed } from './api-error.ts';
import { objectBody } from './body.ts';
import type { Catalog } from './catalog.ts';
import type { Identities } from './identity.ts';
import { numberAt, objectAt, textAt } from './json.ts';
import { streamTarget } from './pod-exec.ts';
import { logOptions } from './pod-log-options.ts';
import { podLog } from './pod-log.ts';
import { podProxy } from './pod-proxy.ts';
import { hostedPod } from './pod-target.ts';
import type { Target } from './path.ts';
import { read } from './read.ts';
import { remove } from './remove.ts';
import { json, type ApiReply, type ApiRequest } from './request.ts';
import { builtin, reviewResources } from './resource-table.ts';
import { review } from './reviews.ts';
import { selectorMatches } from './selectors.ts';
import { tokenRequest } from './token-request.ts';

export interface SpecialContext {
  readonly store: ObjectStore;
  readonly catalog: Catalog;
  readonly clock: SandboxClock;
  readonly identities: Identities;
  readonly kubelet: () => Kubelet;
}

const pods = builtin('pods');

/** Reviews and the subresources of pods, service accounts and namespaces; undefined for everything else. */
export const special = async (
  context: SpecialContext,
  request: ApiRequest,
  target: Target,
): Promise<ApiReply | undefined> => {
  if (target.kind === 'other') return undefined;
  const { group, version, plural, name, subresource, namespace } = target;
  const found = reviewResources.find(
    (known) => known.group === group && known.version === version && known.plural === plural,
  );
  if (found !== undefined && name === undefined) {
    if (request.method !== 'POST') throw methodNotAllowed();
    return json(review(context, found, request, await objectBody(request)), 201);
  }
  if (group === '' && plural === 'bindings' && name === undefined && request.method === 'POST')
    return bind(context, request, namespace, textAt(await objectBody(request, 'Binding'), 'metadata', 'name') ?? '');
  if (group !== '' || name === undefined || subresource === undefined) return undefined;
  switch (`${plural}/${subresource}`) {
    case 'pods/log': {
      if (request.method !== 'GET') throw methodNotAllowed();
      const options = logOptions(request.query, name);
      // A pod on no node has no log, and that is no error.
      if (textAt(read(context.store, pods, namespace, name), 'spec', 'nodeName') === undefined)
        return { kind: 'text', code: 204, body: '' };
      return podLog(context, options, hostedPod(context.store, namespace, name));
    }
    case 'pods/proxy':
      return podProxy(context, request, namespace, name, target.rest);
    case 'pods/binding':
      return bind(context, request, namespace, name);
    case 'pods/exec':
    case 'pods/attach':
    case 'pods/portforward':
      if (request.method !== 'GET' && request.method !== 'POST') throw methodNotAllowed();
      if (subresource === 'portforward') hostedPod(context.store, namespace, name);
      else streamTarget(context, request.query, namespace, name);
      // What is left here came without the upgrade header.
      throw badRequest('Upgrade request required');
    case 'pods/eviction':
      return evict(context, request, namespace, name);
    case 'serviceaccounts/token':
      return tokenRequest(context, request, namespace, name);
    case 'namespaces/finalize':
      return json(read(context.store, builtin('namespaces'), undefined, name));
    default:
      return undefined;
  }
};

/** What a scheduler posts; a pod is bound once. */
const bind = async (
  { store }: SpecialContext,
  request: ApiRequest,
  namespace: string | undefined,
  name: string,
): Promise<ApiReply> => {
  if (request.method !== 'POST') throw methodNotAllowed();
  const pod = read(store, pods, namespace, name);
  const node = textAt(await objectBody(request, 'Binding'), 'target', 'name') ?? '';
  const bound = textAt(pod, 'spec', 'nodeName');
  if (bound !== undefined)
    throw conflict(
      { ...pods, plural: 'pods/binding' },
      name,
      `pod ${name} is already assigned to node ${JSON.stringify(bound)}`,
    );
  store.replace(pods, { ...pod, spec: { ...objectAt(pod, 'spec'), nodeName: node } });
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201);
};

const budgets = builtin('poddisruptionbudgets');

/** 429 where a PodDisruptionBudget has nothing left to give. */
const evict = async (
  context: SpecialContext,
  request: ApiRequest,
  namespace: string | undefined,
  name: string,
): Promise<ApiReply> => {
  if (request.method !== 'POST') throw methodNotAllowed();
  const pod = read(context.store, pods, namespace, name);
  const body = await objectBody(request);
  const blocking = context.store
    .list(budgets, namespace)
    .find(
      (budget) =>
        selectorMatches(objectAt(budget, 'spec', 'selector'), pod.metadata.labels ?? {}) &&
        (numberAt(budget, 'status', 'disruptionsAllowed') ?? 0) < 1,
    );
  if (blocking !== undefined && textAt(pod, 'status', 'phase') === 'Running') {
    throw new ApiError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
      causes: [
        {
          reason: 'DisruptionBudget',
          message: `The disruption budget ${blocking.metadata.name} needs more healthy pods`,
          field: '',
        },
      ],
    });
  }
  remove(context, pods, namespace, name, objectAt(body, 'deleteOptions'));
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201);
};
