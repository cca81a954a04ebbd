/** What was seen of a resource before it is written: undefined where there was none. */
export type SeenBefore = { readonly etag?: string | undefined } | undefined;

/**
 * Headers that make a write depend on what was seen: what was made or changed since is not written over, and Azure answers 412, which leads
 * back to the probe. A service that gives no etag gets no condition; one that does not know these headers passes them over.
 */
export const onlyIf = (seen: SeenBefore): Readonly<Record<string, string>> => {
  if (seen === undefined) return { 'if-none-match': '*' };
  return seen.etag === undefined ? {} : { 'if-match': seen.etag };
};
