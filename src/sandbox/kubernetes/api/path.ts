/** What a request's path names. */
export type Target =
  | { readonly kind: 'other'; readonly path: string }
  | {
      readonly kind: 'resource';
      readonly group: string;
      readonly version: string;
      readonly namespace: string | undefined;
      readonly plural: string;
      readonly name: string | undefined;
      readonly subresource: string | undefined;
      /** What follows the subresource, for proxies; without a leading slash. */
      readonly rest: string;
    };

export type ResourceTarget = Extract<Target, { kind: 'resource' }>;

/** Takes `/api/v1/namespaces/x/pods/y/log` apart; anything that is not below a group version is `other`. */
export const parsePath = (path: string): Target => {
  // As Go does: an escaped slash separates like any other.
  const parts = decodeURIComponent(path)
    .split('/')
    .filter((part) => part !== '');
  const [root, ...below] = parts;
  if (root === 'api' && below.length >= 2) return resourceAt('', below[0] ?? '', below.slice(1));
  if (root === 'apis' && below.length >= 3) return resourceAt(below[0] ?? '', below[1] ?? '', below.slice(2));
  return { kind: 'other', path };
};

const resourceAt = (group: string, version: string, below: readonly string[]): Target => {
  // `namespaces/x/status` is about the namespace itself, `namespaces/x/pods` about what is in it.
  const scoped =
    below[0] === 'namespaces' &&
    below.length >= 3 &&
    !(group === '' && (below[2] === 'status' || below[2] === 'finalize'));
  const [plural = '', name, subresource, ...rest] = scoped ? below.slice(2) : below;
  return {
    kind: 'resource',
    group,
    version,
    namespace: scoped ? below[1] : undefined,
    plural,
    name,
    subresource,
    rest: rest.join('/'),
  };
};
