import { expect, test } from 'vitest';
import type { Answer, ScriptedAzure, Seen } from '../support/scripted-azure.ts';
import { scriptedAzure, SUBSCRIPTION, TENANT } from '../support/scripted-azure.ts';

const signal = new AbortController().signal;
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/lab`;
const RULE = `${GROUP}/providers/Microsoft.Insights/dataCollectionRules/dcr`;

/** Gives numbered tokens; the first `refused` of them are not taken by ARM. */
function tokens(cloud: ScriptedAzure, refused: number): void {
  let given = 0;
  cloud.on('POST', `/${TENANT}/oauth2/v2.0/token`, () => {
    given += 1;
    return { body: { token_type: 'Bearer', expires_in: 3600, access_token: `token-${given}` } };
  });
  const guarded =
    (body: unknown) =>
    ({ headers }: Seen): Answer => {
      const number = Number(/token-(\d+)/.exec(headers.authorization ?? '')?.[1]);
      if (number > refused) return { body };
      const error = {
        code: 'ExpiredAuthenticationToken',
        message: 'The access token expiry UTC time is earlier than now.',
      };
      return { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' }, body: { error } };
    };
  cloud.on('GET', GROUP, guarded({ id: GROUP, name: 'lab', location: 'uksouth' }));
  cloud.on('GET', RULE, guarded({ id: RULE, location: 'uksouth' }));
}

test('a token that ARM refuses is renewed once, for SDKs and for requests of ours', async () => {
  await using cloud = await scriptedAzure();
  tokens(cloud, 1);
  const azure = await cloud.azure();
  await expect(azure.groups.find('lab', signal)).resolves.toMatchObject({ name: 'lab' });
  await expect(azure.dataCollectionRules.find('lab', 'dcr', signal)).resolves.toMatchObject({ id: RULE });
  await expect(azure.groups.find('lab', signal)).resolves.toMatchObject({ name: 'lab' });
  const sent = cloud.only('GET', GROUP).map((seen) => seen.headers.authorization);
  expect(sent).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-2', 'Bearer token-2']);
});

test('when the new token is refused, too, it is a matter of signing in', async () => {
  await using cloud = await scriptedAzure();
  tokens(cloud, 99);
  const azure = await cloud.azure();
  const refusal = { kind: 'sign-in', code: 'ExpiredAuthenticationToken' };
  await expect(azure.groups.find('lab', signal)).rejects.toMatchObject(refusal);
  await expect(azure.dataCollectionRules.find('lab', 'dcr', signal)).rejects.toMatchObject(refusal);
});
