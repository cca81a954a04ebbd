import type { CloudProfile } from '../config/cloud-profile.ts';
import { Problem } from '../errors/problem.ts';
import { problemOf, toProblem, type ErrorContext } from './arm-error.ts';
import type { Connection } from './connection.ts';
import { readError } from './error-facts.ts';

export interface SignInContext {
  readonly profile: CloudProfile;
  readonly tenantId: string | undefined;
  readonly connection: Connection;
}

/**
 * A failed sign-in in plain words. MSAL reports whatever stops it from reading the authority's metadata as
 * `endpoints_resolution_error` and drops the reason: asking the authority once more ourselves brings it back.
 */
export async function explainSignIn(
  error: unknown,
  { profile, tenantId, connection }: SignInContext,
): Promise<Problem> {
  const nested = problemIn(error);
  if (nested !== undefined) return nested;
  const context = { tenant: tenantId, authority: profile.authorityHost };
  const said = error instanceof Error ? error.message : '';
  if (!/endpoints_resolution_error|openid_config_error|network_error/.test(said)) return toProblem(error, context);
  const reason = await whyUnreachable(profile, connection, context);
  return reason ?? problemOf({ ...readError(error), codes: ['authority-unreachable'] }, context);
}

/** Ours, thrown inside a credential, for example by the GitHub assertion. */
function problemIn(error: unknown): Problem | undefined {
  for (let at: unknown = error, depth = 0; depth < 5 && at instanceof Error; at = at.cause, depth += 1) {
    if (at instanceof Problem) return at;
  }
  return undefined;
}

async function whyUnreachable(
  profile: CloudProfile,
  connection: Connection,
  context: ErrorContext,
): Promise<Problem | undefined> {
  const { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } =
    await import('@azure/core-rest-pipeline');
  const pipeline = createPipelineFromOptions({ ...connection.options, retryOptions: { maxRetries: 0 } });
  const url = `${profile.authorityHost}/common/v2.0/.well-known/openid-configuration`;
  try {
    await pipeline.sendRequest(createDefaultHttpClient(), createPipelineRequest({ url, timeout: 10_000 }));
    return undefined;
  } catch (reason) {
    const problem = toProblem(reason, context);
    const facts = readError(reason);
    if (problem.code === 'tls-not-trusted') return problemOf({ ...facts, codes: ['authority-not-trusted'] }, context);
    return problem;
  }
}
