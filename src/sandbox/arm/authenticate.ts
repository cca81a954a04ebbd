import type { HttpRequest } from '../server/http.ts';
import { header } from '../server/http.ts';
import type { Claims } from '../entra/tokens.ts';
import type { Caller } from './access/caller.ts';
import type { Arm } from './context.ts';
import { ArmError } from './errors.ts';

/** The caller, or 401 unless the request carries a token of ours for ARM that is still good. */
export const authenticate = (request: HttpRequest, arm: Arm): Caller => {
  const authorization = header(request, 'authorization');
  const { authority, armAudiences } = arm.endpoints();
  const refuse = (code: string, message: string, description = message): ArmError =>
    new ArmError(401, code, message, {
      headers: {
        'www-authenticate': `Bearer authorization_uri="${authority}/${arm.identity.tenantId}", error="invalid_token", error_description="${description}"`,
      },
    });
  if (authorization === undefined) {
    throw refuse(
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
      "The authentication failed because of missing 'Authorization' header.",
    );
  }
  const token = /^Bearer (\S+)$/iu.exec(authorization)?.[1];
  if (token === undefined) {
    throw refuse(
      'AuthenticationFailedInvalidHeader',
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
    );
  }
  const verified = arm.tokens.verify(token, armAudiences);
  switch (verified.kind) {
    case 'valid':
      return { claims: verified.claims, principal: principalOf(verified.claims, arm) };
    case 'malformed':
    case 'wrong-signature':
      throw refuse('InvalidAuthenticationToken', 'The access token is invalid.');
    case 'not-yet-valid':
      throw refuse(
        'InvalidAuthenticationToken',
        `The access token is not valid yet: its 'nbf' claim is UTC time '${stamp(verified.claims.nbf * 1000)}', current UTC time is '${stamp(arm.clock.now())}'.`,
      );
    case 'wrong-audience':
      throw refuse(
        'InvalidAuthenticationTokenAudience',
        `The access token has been obtained for wrong audience or resource '${verified.audience}'. It should exactly match with one of the allowed audiences ${armAudiences
          .map((each) => `'${each}'`)
          .join(',')}.`,
      );
    case 'challenged':
      throw claimsChallenge(verified.notBefore, authority);
    case 'expired':
    case 'revoked': {
      const expiry = verified.kind === 'expired' ? verified.claims.exp * 1000 : arm.clock.now() - 1000;
      throw refuse(
        'ExpiredAuthenticationToken',
        `The access token expiry UTC time '${stamp(expiry)}' is earlier than current UTC time '${stamp(arm.clock.now())}'.`,
        'The access token expired.',
      );
    }
  }
  return verified satisfies never;
};

/** 401 for a token of another tenant than the one that the subscription belongs to. */
export const checkTenant = ({ claims }: Caller, subscriptionId: string | undefined, arm: Arm): void => {
  const own = arm.identity.tenantId;
  if (subscriptionId === undefined || claims.tid === own) return;
  throw new ArmError(
    401,
    'InvalidAuthenticationTokenTenant',
    `The access token is from the wrong issuer 'https://sts.windows.net/${claims.tid}/'. It must match the tenant 'https://sts.windows.net/${own}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${own}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`,
    {
      headers: {
        'www-authenticate': `Bearer authorization_uri="${arm.endpoints().authority}/${own}", error="invalid_token", error_description="The access token is from the wrong issuer. It must match the tenant associated with this subscription. Please use correct authority to get the token."`,
      },
    },
  );
};

/** Who was deleted from the directory keeps the token until it expires, and no roles. */
const principalOf = (claims: Claims, arm: Arm): Caller['principal'] =>
  arm.principals.get(claims.oid) ?? {
    objectId: claims.oid,
    type: 'ServicePrincipal',
    displayName: claims.appid,
    clientId: claims.appid,
    groups: [],
  };

/** As .NET writes a time for Americans, which is how ARM does: `11/23/2026 6:44:14 PM`. */
const stamp = (ms: number): string =>
  new Date(ms).toLocaleString('en-US', { timeZone: 'UTC' }).replace(',', '').replaceAll('\u202F', ' ');

/** Continuous access evaluation: the client's session is over, and a token asked for with these claims is good again. */
const claimsChallenge = (notBefore: number, authority: string): ArmError => {
  const claims = { access_token: { nbf: { essential: true, value: String(notBefore) } } };
  const encoded = Buffer.from(JSON.stringify(claims)).toString('base64');
  return new ArmError(
    401,
    'InvalidAuthenticationToken',
    'Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp',
    {
      headers: {
        'www-authenticate': `Bearer realm="", authorization_uri="${authority}/common/oauth2/authorize", error="insufficient_claims", claims="${encoded}"`,
      },
    },
  );
};
