import { at, textAt } from '../json.ts';

/** What a token request's `claims` parameter asks for. */
export interface WantedClaims {
  /** `cp1`: the client understands claims challenges. */
  readonly capabilities: readonly string[];
  /** `nbf` of a challenge that the client was given, in seconds since the epoch. */
  readonly challenge: number | undefined;
}

/** `{"access_token":{"xms_cc":{"values":["cp1"]},"nbf":{"essential":true,"value":"…"}}}`; undefined where it is no JSON. */
export const wantedClaims = (text: string | null): WantedClaims | undefined => {
  if (text === null || text === '') return { capabilities: [], challenge: undefined };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const values = at(parsed, 'access_token', 'xms_cc', 'values');
  const seconds = Number(textAt(parsed, 'access_token', 'nbf', 'value'));
  return {
    capabilities: Array.isArray(values) ? values.map(String) : [],
    challenge: Number.isFinite(seconds) ? seconds : undefined,
  };
};
