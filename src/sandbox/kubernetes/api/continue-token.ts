import { ApiError, badRequest } from './api-error.ts';
import { syntaxError } from './go-json.ts';
import { isObject } from './json.ts';

/** Where a list goes on: at the first key that is not before `start`, at the moment of `version`; -1 for that of now. */
export interface ContinueToken {
  readonly version: number;
  readonly start: string;
}

const tokenVersion = 'meta.k8s.io/v1';

/** After this key, below what all keys of the list begin with. */
export const continueAfter = (key: string, prefix: string, version: number): string =>
  encoded(`${key}\u0000`, prefix, version);

const encoded = (start: string, prefix: string, version: number): string =>
  Buffer.from(JSON.stringify({ v: tokenVersion, rv: version, start: `/${start.slice(prefix.length)}` })).toString(
    'base64url',
  );

const invalid = (why: string): ApiError => badRequest(`invalid continue token: continue key is not valid${why}`);

/** Reads a token, or throws 400 in the API server's words. */
export const decodeToken = (text: string | null, prefix: string): ContinueToken | undefined => {
  if (text === null || text === '') return undefined;
  const wrong = /[^\w-]/.exec(text);
  if (wrong !== null) throw invalid(`: illegal base64 data at input byte ${wrong.index}`);
  const bytes = Buffer.from(text, 'base64url');
  const value = ((): unknown => {
    try {
      return JSON.parse(bytes.toString()) as unknown;
    } catch {
      throw invalid(`: ${syntaxError(bytes.toString('latin1'))}`);
    }
  })();
  const { v, rv, start } = isObject(value) ? value : {};
  if (v !== tokenVersion)
    throw invalid(`: server does not recognize this encoded version ${typeof v === 'string' ? v : ''}`);
  if (typeof rv !== 'number' || rv === 0)
    throw invalid(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof start !== 'string' || start === '') throw invalid(': encoded start key empty (version meta.k8s.io/v1)');
  return { version: rv, start: prefix + start.replace(/^\//, '') };
};

/** 410 for a moment that was compacted; who continues may go on with what there is now. */
export const expired = (token: ContinueToken | undefined, prefix: string): ApiError =>
  token === undefined
    ? new ApiError(410, 'Expired', 'The resourceVersion for the provided list is too old.')
    : new ApiError(
        410,
        'Expired',
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
        undefined,
        encoded(token.start, prefix, -1),
      );
