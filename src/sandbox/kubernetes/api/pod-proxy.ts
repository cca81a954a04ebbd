import type { Kubelet } from '../agents.ts';
import type { ObjectStore } from '../objects.ts';
import { ApiError, badRequest, methodNotAllowed } from './api-error.ts';
import { listAt, numberAt, textAt } from './json.ts';
import { read } from './read.ts';
import type { ApiReply, ApiRequest } from './request.ts';
import { builtin } from './resource-table.ts';

const pods = builtin('pods');

/** `name`, `name:port` or `scheme:name:port`. */
const partsOf = (id: string): { readonly scheme: string; readonly name: string; readonly port: string } => {
  const parts = id.split(':');
  const [first = '', second = '', third = ''] = parts;
  const made =
    parts.length === 3
      ? { scheme: first, name: second, port: third }
      : { scheme: '', name: first, port: parts.length === 2 ? second : '' };
  if (parts.length > 3 || !['', 'http', 'https'].includes(made.scheme) || made.name === '')
    throw badRequest(`invalid pod request "${id}"`);
  return made;
};

/** GET `pods/NAME:PORT/proxy/PATH`: what the pod answers, as it is. The programs here speak plain HTTP only, so that https gets what TLS to them would get. */
export const podProxy = async (
  context: { readonly store: ObjectStore; readonly kubelet: () => Kubelet },
  request: ApiRequest,
  namespace: string | undefined,
  id: string,
  path: string,
): Promise<ApiReply> => {
  if (request.method !== 'GET') throw methodNotAllowed();
  const { scheme, name, port: asked } = partsOf(id);
  const pod = read(context.store, pods, namespace, name);
  const [declared] = listAt(pod, 'spec', 'containers').flatMap((container) =>
    listAt(container, 'ports').flatMap((port) => numberAt(port, 'containerPort') ?? []),
  );
  const port = asked === '' ? (declared ?? 80) : asked;
  const address = textAt(pod, 'status', 'podIP');
  if (address === undefined || address === '') throw badRequest('address not allowed');
  const unreachable = (why: string): ApiError =>
    new ApiError(503, 'ServiceUnavailable', `error trying to reach service: ${why}`);
  // The port of a pod is never looked up by its name.
  if (!/^\d+$/.test(String(port))) throw unreachable(`dial tcp: lookup tcp/${port}: unknown port`);
  const query = request.query.toString();
  const answer = await context.kubelet().http(pod, Number(port), `/${path}${query === '' ? '' : `?${query}`}`);
  if (answer === undefined) throw unreachable(`dial tcp ${address}:${port}: connect: connection refused`);
  if (scheme === 'https') throw unreachable('tls: first record does not look like a TLS handshake');
  return { kind: 'text', code: answer.status, contentType: answer.contentType, body: answer.body };
};
