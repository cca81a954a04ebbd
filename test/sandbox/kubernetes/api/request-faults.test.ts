import { expect, test } from 'vitest';
import { configMap, once, startLab, type Lab } from '../lab.ts';
import type { FaultOf } from '../../../../src/sandbox/kubernetes/api/request-fault.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const lab = (fault: FaultOf): Promise<Lab> => startLab(undefined, fault);
const statuses = ({ requests }: Lab): readonly unknown[] => requests.map(({ status }) => status);

test('flow control turns a request away in plain text, with a Retry-After header or without', async () => {
  const limited = await lab(once({ kind: 'throttled', retryAfter: 3 }));
  const answer = await limited.ask('GET', maps);
  expect([answer.status, answer.text, answer.headers['retry-after'], answer.headers['content-type']]).toEqual([
    429,
    'Too many requests, please try again later.\n',
    '3',
    'text/plain; charset=utf-8',
  ]);
  expect((await limited.ask('GET', maps)).status).toBe(200);
  const bare = await (await lab(once({ kind: 'throttled', retryAfter: undefined }))).ask('GET', maps);
  expect([bare.status, bare.headers['retry-after']]).toEqual([429, undefined]);
});

test.each([
  [500, undefined, 'etcdserver: request timed out'],
  [503, 'ServiceUnavailable', 'the server is currently unable to handle the request'],
  [504, 'Timeout', 'Timeout: request did not complete within the allotted timeout'],
])('a failure of status %i is a Status object', async (status, reason, message) => {
  const answer = await (await lab(once({ kind: 'failure', status }))).ask('GET', maps);
  expect(answer).toMatchObject({ status, body: { kind: 'Status', code: status, message } });
  expect(answer.body['reason']).toBe(reason);
});

test('a connection that breaks before the request leaves nothing done, and one after it leaves it done', async () => {
  const before = await lab(once({ kind: 'reset', when: 'before' }, 'POST'));
  await expect(before.ask('POST', maps, configMap('cfg', {}))).rejects.toThrow('socket hang up');
  expect((await before.ask('GET', `${maps}/cfg`)).status).toBe(404);
  expect(statuses(before)).toEqual(['reset', 404]);
  const after = await lab(once({ kind: 'reset', when: 'after' }, 'POST'));
  await expect(after.ask('POST', maps, configMap('cfg', {}))).rejects.toThrow('socket hang up');
  expect((await after.ask('GET', `${maps}/cfg`)).status).toBe(200);
  expect(statuses(after)).toEqual(['reset', 200]);
});

test('a request that stalls is in the log, and keeps nobody else waiting', async () => {
  const stalling = await lab(once({ kind: 'stall' }));
  let answered = false;
  stalling.ask('GET', maps).then(
    () => (answered = true),
    () => undefined,
  );
  await expect.poll(() => statuses(stalling)).toEqual(['stall']);
  expect((await stalling.ask('GET', maps)).status).toBe(200);
  expect(answered).toBe(false);
});
