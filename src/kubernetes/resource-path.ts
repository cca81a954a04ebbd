import type { ApiServer } from './api-server.ts';

export interface ResourcePath {
  readonly base: string;
  readonly namespaced: boolean;
}

/** Finds out where a kind lives; undefined while its CRD is not there. */
export type FindPath = (apiVersion: string, kind: string, signal: AbortSignal) => Promise<ResourcePath | undefined>;

interface ApiResourceList {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** Kinds are looked up once; a kind that is missing is looked up again each time, because CRDs appear while we run. */
export const discovery = (server: ApiServer): FindPath => {
  const known = new Map<string, ResourcePath>();
  return async (apiVersion, kind, signal) => {
    const key = `${apiVersion} ${kind}`;
    const hit = known.get(key);
    if (hit !== undefined) return hit;
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const list = (await server({ method: 'GET', path: root, what: `look up ${kind} (${apiVersion})` }, signal)) as
      ApiResourceList | undefined;
    for (const resource of list?.resources ?? []) {
      if (resource.name.includes('/')) continue;
      known.set(`${apiVersion} ${resource.kind}`, {
        base: `${root} ${resource.name}`,
        namespaced: resource.namespaced,
      });
    }
    return known.get(key);
  };
};

/** REST path of a kind, or of one object of it. */
export const pathOf = (resource: ResourcePath, namespace: string | undefined, name?: string): string => {
  const [root = '', plural = ''] = resource.base.split(' ');
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
};
