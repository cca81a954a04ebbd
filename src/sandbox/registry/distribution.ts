import type { IncomingMessage, ServerResponse } from 'node:http';
import { manifestType, type Content, type Repository } from './oci-store.ts';

/** The read side of the OCI distribution API, for repositories by their name (`charts/cilium`). Answers every request. */
export function serveDistribution(
  repositories: ReadonlyMap<string, Repository>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'https://registry').pathname);
  response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(response, 405, 'UNSUPPORTED', 'the registry is read-only');
  if (path === '/v2' || path === '/v2/') return json(request, response, {});
  const match = /^\/v2\/(?<name>.+)\/(?<kind>manifests|blobs|tags)\/(?<reference>[^/]+)$/.exec(path)?.groups;
  if (match === undefined) return refuse(response, 404, 'UNSUPPORTED', `no such endpoint: ${path}`);
  const { name = '', kind, reference = '' } = match;
  const held = repositories.get(name);
  if (held === undefined)
    return refuse(response, 404, 'NAME_UNKNOWN', `repository name not known to registry: ${name}`);
  if (kind === 'tags') {
    if (reference !== 'list') return refuse(response, 404, 'UNSUPPORTED', `no such endpoint: ${path}`);
    return tagsList(request, response, name, held);
  }
  if (kind === 'blobs') {
    const blob = held.contents.get(reference);
    if (blob === undefined) return refuse(response, 404, 'BLOB_UNKNOWN', `blob unknown to registry: ${reference}`);
    return send(request, response, { ...blob, mediaType: 'application/octet-stream' });
  }
  const found = reference.startsWith('sha256:') ? held.contents.get(reference) : held.tags.get(reference);
  if (found?.mediaType !== manifestType)
    return refuse(response, 404, 'MANIFEST_UNKNOWN', `manifest unknown: ${reference}`);
  return send(request, response, found);
}

function tagsList(request: IncomingMessage, response: ServerResponse, name: string, held: Repository): void {
  const query = new URL(request.url ?? '/', 'https://registry').searchParams;
  const [limit, last] = [Number(query.get('n') ?? Number.NaN), query.get('last')];
  const tags = [...held.tags.keys()].sort().filter((tag) => last === null || tag > last);
  json(request, response, { name, tags: limit >= 0 ? tags.slice(0, limit) : tags });
}

function send(request: IncomingMessage, response: ServerResponse, { mediaType, digest, bytes }: Content): void {
  response.writeHead(200, {
    'Content-Type': mediaType,
    'Content-Length': bytes.length,
    'Docker-Content-Digest': digest,
    ETag: `"${digest}"`,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function json(request: IncomingMessage, response: ServerResponse, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}
