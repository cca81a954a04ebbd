import type { HttpRequest } from '../server/http.ts';
import { header } from '../server/http.ts';
import type { Claims } from '../tokens.ts';
import type { Arm } from './context.ts';
import { ArmError } from './errors.ts';

/** 401 unless the request carries a token of ours for ARM that is still good. */
export const authenticate = (request: HttpRequest, arm: Arm): void => {
  const authorization = header(request, 'authorization');
  const challenge = (error: string, text: string): Readonly<Record<string, string>> => ({
    'www-authenticate': `Bearer authorization_uri="${arm.endpoints().authority}/${arm.identity.tenantId}", error="${error}", error_description="${text}"`,
  });
  const refuse = (code: string, message: string): ArmError =>
    new ArmError(401, code, message, { headers: challenge('invalid_token', message) });
  if (authorization === undefined) {
    throw refuse('AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
  }
  const token = /^Bearer (\S+)$/iu.exec(authorization)?.[1];
  if (token === undefined) {
    throw refuse(
      'AuthenticationFailedInvalidHeader',
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
    );
  }
  const verified = arm.tokens.verify(token, arm.endpoints().armAudiences);
  switch (verified.kind) {
    case 'valid':
      return;
    case 'malformed':
    case 'wrong-signature':
      throw refuse('InvalidAuthenticationToken', 'The access token is invalid.');
    case 'wrong-audience':
      throw refuse(
        'InvalidAuthenticationTokenAudience',
        `The access token has been obtained for wrong audience or resource '${verified.audience}'. It should exactly match with one of the allowed audiences ${arm
          .endpoints()
          .armAudiences.map((each) => `'${each}'`)
          .join(',')}.`,
      );
    case 'expired':
    case 'revoked': {
      if (verified.kind === 'revoked' && verified.challenge) throw claimsChallenge(arm, verified.claims);
      const expiry = new Date(
        verified.kind === 'expired' ? verified.claims.exp * 1000 : arm.clock.now() - 1000,
      ).toISOString();
      throw refuse(
        'ExpiredAuthenticationToken',
        `The access token expiry UTC time '${expiry}' is earlier than current UTC time '${new Date(arm.clock.now()).toISOString()}'.`,
      );
    }
  }
  verified satisfies never;
};

/** Continuous access evaluation: the client's session is over, and a token asked for with these claims is good again. */
const claimsChallenge = (arm: Arm, { iat }: Claims): ArmError => {
  const claims = { access_token: { nbf: { essential: true, value: String(iat) } } };
  const encoded = Buffer.from(JSON.stringify(claims)).toString('base64');
  const authorize = `${arm.endpoints().authority}/common/oauth2/authorize`;
  return new ArmError(
    401,
    'InvalidAuthenticationToken',
    'The access token was issued before its session was revoked.',
    {
      headers: {
        'www-authenticate': `Bearer realm="", authorization_uri="${authorize}", error="insufficient_claims", claims="${encoded}"`,
      },
    },
  );
};
