import type { Params } from '../path.ts';
import type { Route } from '../context.ts';

/** `*` stands for any text, as in role definitions. */
export const actionMatches = (pattern: string, action: string): boolean => {
  const known = patterns.get(pattern) ?? compile(pattern);
  patterns.set(pattern, known);
  return known.test(action);
};

const patterns = new Map<string, RegExp>();

const compile = (pattern: string): RegExp => {
  const source = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/gu, String.raw`\$&`))
    .join('.*');
  return new RegExp(`^${source}$`, 'iu');
};

/** The action that RBAC is asked about: `Microsoft.ContainerService/managedClusters/write`. */
export const actionOf = (route: Route, params: Params): string => {
  if (route.permission !== undefined)
    return route.permission.replaceAll(/\{(\w+)\}/gu, (_, name: string) => params[name] ?? '');
  const verbs = { GET: 'read', HEAD: 'read', PUT: 'write', PATCH: 'write', DELETE: 'delete' } as const;
  return `${route.namespace}/${route.type}/${route.method === 'POST' ? 'action' : verbs[route.method]}`;
};

export interface Subject {
  /** Path of the request, as it came. */
  readonly path: string;
  /** Id that RBAC is asked about, as the client spelled it. */
  readonly scope: string;
  /** Whether it is about many resources of a type below that id. */
  readonly list: boolean;
}

/**
 * What a request is about: a resource, or where its type or action stands alone at the end of the path, what is before that.
 * `/subscriptions/S/resourceGroups` is about the subscription, `…/managedClusters/lab/abort` about the cluster.
 */
export const subjectOf = ({
  path,
  segments,
}: {
  readonly path: string;
  readonly segments: readonly string[];
}): Subject => {
  const join = (parts: readonly string[]): string => `/${parts.join('/')}`;
  const index = segments.map((segment) => segment.toLowerCase()).lastIndexOf('providers');
  const own = index < 0 ? segments : segments.slice(index + 2);
  // A provider's own page, its registration and its features are the subscription's affair.
  const inSubscription = index === 2 && segments.length <= 5 && /^(?:un)?register$/iu.test(segments[4] ?? 'register');
  if (inSubscription) return { path, scope: join(segments.slice(0, 2)), list: false };
  if (own.length % 2 === 0) return { path, scope: join(segments), list: false };
  return { path, scope: join(segments.slice(0, -1)), list: true };
};

/** Whether an id is a scope or below it; both as anybody spells them. */
export const isWithin = (id: string, scope: string): boolean => {
  const [inner, outer] = [id.toLowerCase(), scope.toLowerCase().replace(/\/+$/u, '')];
  return outer === '' || inner === outer || inner.startsWith(`${outer}/`);
};
