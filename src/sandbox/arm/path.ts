/** An ARM path taken apart: `/{scope}/providers/{namespace}/{type}/{name}/…`, everything as the client spelled it. */
export interface ArmPath {
  readonly segments: readonly string[];
  readonly subscriptionId: string | undefined;
  readonly group: string | undefined;
}

export const parsePath = (path: string): ArmPath => {
  // Double slashes come from clients that join an endpoint with a slash to an id that begins with one.
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decode);
  const after = (word: string, index: number): string | undefined =>
    segments[index]?.toLowerCase() === word ? segments[index + 1] : undefined;
  return { segments, subscriptionId: after('subscriptions', 0), group: after('resourcegroups', 2) };
};

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

export type Params = Readonly<Record<string, string>>;

/**
 * Matches segments against a pattern like `/subscriptions/{subscription}/providers/Microsoft.X/things/{name}`, literals without
 * case. A pattern that begins with `{scope}` matches any number of leading segments, as extension resources do.
 */
export const matchPath = (pattern: string, segments: readonly string[]): Params | undefined => {
  const parts = pattern.split('/').filter((part) => part !== '');
  if (parts[0] !== '{scope}') return matchParts(parts, segments);
  const tail = parts.slice(1);
  const split = segments.length - tail.length;
  if (split < 1) return undefined;
  const params = matchParts(tail, segments.slice(split));
  return params === undefined ? undefined : { ...params, scope: `/${segments.slice(0, split).join('/')}` };
};

const matchParts = (parts: readonly string[], segments: readonly string[]): Params | undefined => {
  if (parts.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) params[part.slice(1, -1)] = segment;
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return params;
};
