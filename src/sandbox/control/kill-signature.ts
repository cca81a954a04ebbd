/** How often one request is told apart from its like in one run: a poll asks the same thing hundreds of times. */
const mostOrdinals = 2;

const varying: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gu, '{guid}'],
  [/(?:sha256:)?[0-9a-f]{32,}/gu, '{hex}'],
  [/-[0-9a-f]{8}(?=\/|$)/gu, '-{hex}'],
  [/\/pods\/[^/]+/gu, '/pods/{pod}'],
  [/\/nodes\/[^/]+/gu, '/nodes/{node}'],
  [/\/operations\/[^/]+/gu, '/operations/{operation}'],
  [/(\/sh\.helm\.release\.v1\.[^/]+\.v)\d+/gu, '$1{revision}'],
];

/** Service, method and path of a request, without what differs between two runs that do the same: ids, names of pods, queries. */
export const killKey = (request: {
  readonly service: string;
  readonly method: string;
  readonly path: string;
}): string => {
  const [path = ''] = request.path.toLowerCase().split('?', 1);
  const plain = varying.reduce((text, [pattern, name]) => text.replace(pattern, name), path);
  return `${request.service} ${request.method} ${plain}`;
};

/** Numbers each request among its like, up to the cap: what it returns for a request is the signature that orders skip. */
export const signatures = (): ((request: Parameters<typeof killKey>[0]) => string) => {
  const counts = new Map<string, number>();
  return (request) => {
    const key = killKey(request);
    const ordinal = Math.min((counts.get(key) ?? 0) + 1, mostOrdinals);
    counts.set(key, ordinal);
    return `${key} #${ordinal}`;
  };
};
