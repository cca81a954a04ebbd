import { request as httpsRequest } from 'node:https';
import { parse } from 'yaml';
import type { Arm } from '../arm/context.ts';
import { release } from '../arm/removal.ts';
import { arrayAt, at, isObject, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { sabotageDenial, sabotageRoles } from './sabotage-access.ts';
import { json } from '../server/http.ts';
import type { HttpReply } from '../server/http.ts';

/**
 * Changes the world behind the product's back, as a colleague with the portal or kubectl would:
 * `{"kind":"arm-property","id","path":"properties.x.y","value"}`, `{"kind":"arm-delete","id"}`,
 * `{"kind":"kubernetes-delete","cluster"?,"path":"/apis/…"}`, `{"kind":"kubernetes-patch","cluster"?,"path","patch"}` (JSON merge patch).
 */
export const sabotage = async (order: unknown, arm: Arm): Promise<HttpReply> => {
  const kind = textAt(order, 'kind') ?? '';
  const id = textAt(order, 'id') ?? '';
  switch (kind) {
    case 'arm-property': {
      const record = arm.resources.get(id);
      if (record === undefined) return json(404, { error: `There is no resource ${id}.` });
      const path = (textAt(order, 'path') ?? '').split('.').filter((part) => part !== '');
      const changed = replaced(record, path, at(order, 'value'));
      if (!isObject(changed)) return json(400, { error: 'Name a path such as properties.retentionInDays.' });
      arm.resources.put({ ...record, ...changed });
      return json(200, {});
    }
    case 'arm-delete': {
      const record = arm.resources.get(id);
      if (record === undefined) return json(404, { error: `There is no resource ${id}.` });
      await release(record, arm, { purge: false });
      return json(200, {});
    }
    case 'roles':
      return sabotageRoles(order, arm);
    case 'deny-assignment':
      return sabotageDenial(order, arm);
    case 'kubernetes-delete':
    case 'kubernetes-patch':
      return kubernetes(order, kind === 'kubernetes-delete' ? 'DELETE' : 'PATCH', arm);
    default:
      return json(400, {
        error: `There is no sabotage '${kind}'.`,
        kinds: [
          'arm-property',
          'arm-delete',
          'arm-request',
          'roles',
          'deny-assignment',
          'kubernetes-delete',
          'kubernetes-patch',
        ],
      });
  }
};

/** A copy with the value at the path replaced; undefined takes the member away. */
const replaced = (value: unknown, path: readonly string[], next: unknown): unknown => {
  const [head, ...rest] = path;
  if (head === undefined) return next;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === head ? replaced(item, rest, next) : item));
  const { [head]: old, ...others }: JsonObject = isObject(value) ? value : {};
  const changed = replaced(old, rest, next);
  return changed === undefined ? others : { ...others, [head]: changed };
};

const kubernetes = async (order: unknown, method: 'DELETE' | 'PATCH', arm: Arm): Promise<HttpReply> => {
  const clusters = arm.resources.ofType('Microsoft.ContainerService/managedClusters');
  const wanted = textAt(order, 'cluster');
  const cluster = wanted === undefined ? clusters[0] : arm.resources.get(wanted);
  if (cluster === undefined) return json(404, { error: 'There is no such cluster.' });
  const config: unknown = parse(
    arm.clusterHost.ownKubeconfig?.(cluster.id) ?? arm.clusterHost.kubeconfig(cluster.id, 'clusterAdmin'),
  );
  const target = arrayAt(config, 'clusters')[0];
  const url = new URL(textAt(target, 'cluster', 'server') ?? '');
  const body = method === 'PATCH' ? JSON.stringify(at(order, 'patch') ?? {}) : undefined;
  const status = await new Promise<number>((resolve, reject) => {
    const outgoing = httpsRequest(
      {
        host: url.hostname,
        port: url.port,
        method,
        path: textAt(order, 'path') ?? '/',
        ca: Buffer.from(textAt(target, 'cluster', 'certificate-authority-data') ?? '', 'base64'),
        servername: textAt(target, 'cluster', 'tls-server-name') ?? url.hostname,
        headers: {
          authorization: `Bearer ${textAt(arrayAt(config, 'users')[0], 'user', 'token') ?? ''}`,
          'user-agent': 'sandbox-sabotage',
          ...(body === undefined ? {} : { 'content-type': 'application/merge-patch+json' }),
        },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  return json(status < 400 ? 200 : status, { status });
};
