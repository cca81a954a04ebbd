import { request } from 'node:https';
import { expect, test } from 'vitest';
import { world } from '../world.ts';

/** Asks the same listener under another name, as where hosts lead to this machine. */
const under = (origin: string, host: string, path: string, ca: string): Promise<Record<string, unknown>> =>
  new Promise((done, fail) => {
    const outgoing = request(
      `${origin}${path}`,
      { ca, agent: false, headers: { host }, servername: 'localhost' },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => done(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>));
      },
    );
    outgoing.on('error', fail);
    outgoing.end();
  });

test('links in answers lead back to the name by which the client came', async () => {
  const { published, ca } = await world();
  const path = `/${published.tenantId}/v2.0/.well-known/openid-configuration`;
  const tokens = (origin: string): string => `${origin}/${published.tenantId}/oauth2/v2.0/token`;
  expect(await under(published.authority, 'login.microsoftonline.com', path, ca)).toMatchObject({
    token_endpoint: tokens('https://login.microsoftonline.com'),
  });
  const strange = await under(published.authority, 'a b/c', path, ca);
  expect(strange).toMatchObject({ token_endpoint: tokens(published.authority) });
});

test('the hosts of the public authority are one authority, any other is itself', async () => {
  const { published, ca } = await world();
  const path = '/common/discovery/instance?api-version=1.1';
  const [answer] = (await under(published.authority, 'login.windows.net', path, ca))['metadata'] as unknown[];
  expect(answer).toMatchObject({
    preferred_cache: 'login.windows.net',
    preferred_network: 'login.microsoftonline.com',
  });
  const { host } = new URL(published.authority);
  const own = (await under(published.authority, host, path, ca))['metadata'];
  expect(own).toEqual([{ preferred_network: host, preferred_cache: host, aliases: [host] }]);
});
