import type { Request, Resource } from '../../e2e/cloud.ts';
import type { Finding } from '../kill/counts.ts';

export type { Finding } from '../kill/counts.ts';

/** What is made by exactly one accepted PUT, whoever sends it. Groups, tables and onboarding know no etag: the same body twice is one of them. */
const madeOnce =
  /\/(?:managedclusters|workspaces|datacollectionrules|datacollectionruleassociations|alertrules|savedsearches)\/[^/]+$/iu;

const accepted = ({ service, method, status }: Request): boolean =>
  service === 'arm' && method === 'PUT' && Number(status) < 300;

export const judgeRequests = (requests: readonly Request[]): readonly Finding[] => {
  const counts = new Map<string, number>();
  for (const request of requests) {
    const path = request.path.toLowerCase();
    const counted = madeOnce.test(path) || request.status === 201;
    if (accepted(request) && counted) counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([path, count]) => ({ count: 'duplicate-creates' as const, what: `${count} accepted creates of ${path}` }));
};

/** Of these a deployment has one each, whatever it is called. */
const singletons = ['managedclusters', 'workspaces', 'datacollectionrules', 'datacollectionruleassociations'];

export const judgeList = (resources: readonly Resource[]): readonly Finding[] => {
  const typeOf = ({ type }: Resource): string => type.toLowerCase().split('/').at(-1) ?? '';
  const wrong = singletons.flatMap((type) => {
    const all = resources.filter((each) => typeOf(each) === type);
    return all.length === 1 ? [] : [`${all.length} of ${type}: ${all.map(({ id }) => id).join(', ')}`];
  });
  const names = resources.filter((each) => typeOf(each) === 'alertrules').map(displayNameOf);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (names.length === 0) wrong.push('no alert rules');
  return [...wrong, ...twice.map((name) => `two alert rules "${name}"`)].map((what) => ({
    count: 'duplicate-creates' as const,
    what,
  }));
};

const displayNameOf = (resource: Resource): string => {
  const { properties } = resource as Resource & { readonly properties?: { readonly displayName?: unknown } };
  return typeof properties?.displayName === 'string' ? properties.displayName : resource.name;
};
