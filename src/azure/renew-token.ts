import type { PipelinePolicy, PipelineRequest } from '@azure/core-rest-pipeline';
import type { SharedCredential } from './shared-tokens.ts';

/**
 * Signs in anew, once, when the service refuses a token that should still be good: it was revoked, or this machine's clock is wrong.
 * The SDKs' own policy would go on sending it until its stated end. A claims challenge is left to that policy.
 */
export const renewTokenPolicy = (credential: SharedCredential, scope: string): PipelinePolicy => ({
  name: 'renewTokenPolicy',
  async sendRequest(request, next) {
    const sent = bearerOf(request);
    if (sent !== undefined && credential.isRefused(sent)) await sign(request, credential, scope);
    const response = await next(request);
    const used = bearerOf(request);
    const challenged = /claims=/i.test(response.headers.get('www-authenticate') ?? '');
    if (response.status !== 401 || used === undefined || challenged) return response;
    credential.refuse(used);
    const renewed = await sign(request, credential, scope);
    return renewed === used ? response : next(request);
  },
});

const bearerOf = (request: PipelineRequest): string | undefined =>
  /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];

async function sign(
  request: PipelineRequest,
  credential: SharedCredential,
  scope: string,
): Promise<string | undefined> {
  const token = await credential.getToken(scope, request.abortSignal ? { abortSignal: request.abortSignal } : {});
  if (token !== null) request.headers.set('authorization', `Bearer ${token.token}`);
  return token?.token;
}
