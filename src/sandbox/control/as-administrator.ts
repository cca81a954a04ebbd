import type { ArmService } from '../arm/arm.ts';
import { at, textAt } from '../json.ts';
import { json } from '../server/http.ts';
import type { HttpReply } from '../server/http.ts';

/**
 * `{"kind":"arm-request","method","path","body"?}`: what the subscription's administrator would do with the portal, with all that ARM
 * has to say to it. Not in the request log: it is no client's.
 */
export const asAdministrator = async (order: unknown, service: ArmService): Promise<HttpReply> => {
  const [method, path] = [textAt(order, 'method')?.toUpperCase(), textAt(order, 'path')];
  if (method === undefined || path?.startsWith('/') !== true)
    return json(400, { error: 'Name the method and the path, with its api-version.' });
  const { arm } = service;
  const endpoints = arm.endpoints();
  const token = arm.tokens.issue(endpoints.armAudiences[0] ?? '', arm.principals.administrator());
  const body = at(order, 'body');
  const url = new URL(endpoints.arm + path);
  const outcome = await service.answer({
    method,
    url,
    path: url.pathname,
    headers: { authorization: `Bearer ${token}`, 'user-agent': 'sandbox-sabotage' },
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    signal: AbortSignal.timeout(60_000),
  });
  return 'action' in outcome
    ? json(502, { error: 'A fault cut the connection.' })
    : json(outcome.status, outcome.body ?? {});
};
