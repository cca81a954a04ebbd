import { expect, test } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import { scriptedAzure, type ScriptedAzure, type Script } from '../support/scripted-azure.ts';

const signal = new AbortController().signal;
const PATH = '/subscriptions/s/providers/Microsoft.ContainerService/locations/uksouth/operations/1';
const SIGNED = `?api-version=2016-03-30&t=638&c=${'MIIH'.repeat(900)}&s=a%2Fb%2Bc&h=hash`;

/** Watches an operation that answers like this, and returns what progress said. */
async function watch(cloud: ScriptedAzure, ...answers: readonly Script[]): Promise<readonly string[]> {
  cloud.on('GET', PATH, ...answers);
  const said: string[] = [];
  const azure = await cloud.azure();
  await azure.clusters.watch(`${cloud.origin}${PATH}${SIGNED}`, (detail) => said.push(detail), signal);
  return said;
}

const running = { body: { status: 'InProgress', startTime: '2026-11-23T00:00:00Z' } };
const done = { body: { status: 'Succeeded' } };

test('asks until Azure says that it succeeded, at the interval of the cloud', async () => {
  await using cloud = await scriptedAzure();
  expect(await watch(cloud, running, { body: { status: 'InProgress', percentComplete: 40 } }, done)).toEqual([
    'InProgress',
    'InProgress, 40 %',
  ]);
  expect(cloud.pauses).toEqual([500, 500]);
});

test('gives the signed URL back byte for byte, without a second api-version', async () => {
  await using cloud = await scriptedAzure();
  let raw = '';
  await watch(cloud, (seen) => {
    raw = seen.query.toString();
    return done;
  });
  expect(raw).toBe(new URLSearchParams(SIGNED).toString());
});

test('waits as long as Retry-After asks', async () => {
  await using cloud = await scriptedAzure();
  await watch(cloud, { ...running, headers: { 'retry-after': '7' } }, done);
  expect(cloud.pauses).toEqual([7000]);
});

test('asks again within ten minutes, whatever a wrong clock makes of a date in Retry-After', async () => {
  await using cloud = await scriptedAzure();
  await watch(cloud, { ...running, headers: { 'retry-after': new Date(Date.now() + 86_400_000).toUTCString() } }, done);
  expect(cloud.pauses).toEqual([600_000]);
});

test.each(['ProvisioningControlPlane', 'Creating', 'Canceling', 'Reconciling'])(
  'takes %s for still running',
  async (status) => {
    await using cloud = await scriptedAzure();
    expect(await watch(cloud, { body: { status } }, done)).toEqual([status]);
  },
);

test.each([
  ['a record without a status', { body: { name: '1' } }],
  ['an empty 200', {}],
  ['a 204', { status: 204 }],
  ['a record that has expired', { status: 404, body: { error: { code: 'NotFound', message: 'gone' } } }],
  ['a 410', { status: 410 }],
])('takes %s for over: the probe decides', async (_, answer) => {
  await using cloud = await scriptedAzure();
  await expect(watch(cloud, answer)).resolves.toEqual([]);
});

test('reads the location kind of operation, too: 202 goes on, 200 is over', async () => {
  await using cloud = await scriptedAzure();
  expect(await watch(cloud, { status: 202 }, { status: 200 })).toEqual(['Accepted']);
});

test('throws the deepest code of an operation that failed', async () => {
  await using cloud = await scriptedAzure();
  const details = [
    {
      code: 'ErrCode_InsufficientVCPUQuota',
      message: 'Insufficient vcpu quota requested 16, remaining 4 for family standardDSv5Family for region uksouth.',
    },
  ];
  const failed = {
    headers: { 'x-ms-correlation-request-id': 'corr-1' },
    body: { status: 'Failed', error: { code: 'CreateFailed', message: 'see details', details } },
  };
  await expect(watch(cloud, running, failed)).rejects.toMatchObject({
    kind: 'failed',
    code: 'QuotaExceeded',
    correlationId: 'corr-1',
    message: 'The subscription has 4 vCPUs left for standardDSv5Family in uksouth; this plan needs 16.',
  });
});

test.each([
  ['Canceled', 'OperationCanceled'],
  ['Failed', 'OperationFailed'],
])('says so when an operation ends %s without a reason', async (status, code) => {
  await using cloud = await scriptedAzure();
  await expect(watch(cloud, { body: { status } })).rejects.toMatchObject({ kind: 'failed', code });
});

test('outlives lost connections, 5xx and throttling', async () => {
  await using cloud = await scriptedAzure();
  const resets: Script[] = Array.from({ length: 9 }, () => 'reset');
  const down: Script[] = Array.from({ length: 9 }, () => ({
    status: 503,
    body: { error: { code: 'ServerBusy', message: 'busy' } },
  }));
  const said = await watch(cloud, ...resets, ...down, { status: 429 }, running, done);
  expect(said.at(-1)).toBe('InProgress');
  expect(said[0]).toMatch(/does not answer/);
});

test('gives up when nothing is heard for half an hour, and says that it can be continued', async () => {
  await using cloud = await scriptedAzure();
  const error: unknown = await watch(cloud, 'reset').catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Problem);
  expect(error).toMatchObject({ kind: 'transient' });
  expect(cloud.pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(30 * 60_000);
});

test('never sends the token to a host that is not Azure', async () => {
  await using cloud = await scriptedAzure();
  const azure = await cloud.azure();
  await azure.clusters.watch('https://evil.example/operations/1', () => {}, signal);
  await azure.clusters.watch('not a url', () => {}, signal);
  expect(cloud.requests).toHaveLength(0);
});

test('stops with the reason of the signal', async () => {
  await using cloud = await scriptedAzure();
  const stop = new AbortController();
  cloud.on('GET', PATH, () => {
    stop.abort(new Error('the user wants to stop'));
    return running;
  });
  const azure = await cloud.azure();
  const watched = azure.clusters.watch(`${cloud.origin}${PATH}`, () => {}, stop.signal);
  await expect(watched).rejects.toThrow('the user wants to stop');
});

test('another process continues with nothing but the token', async () => {
  await using cloud = await scriptedAzure();
  cloud.on('GET', PATH, running, done);
  const token = JSON.parse(JSON.stringify({ token: `${cloud.origin}${PATH}${SIGNED}` })) as { token: string };
  const [first, second] = [await cloud.azure(), await cloud.azure()];
  const stop = new AbortController();
  const killed = first.clusters.watch(token.token, () => stop.abort(new Error('killed')), stop.signal);
  await expect(killed).rejects.toThrow('killed');
  await expect(second.clusters.watch(token.token, () => {}, signal)).resolves.toBeUndefined();
});

test('does not tell a signed URL when Azure refuses it', async () => {
  await using cloud = await scriptedAzure();
  const message = `The operation ${cloud.origin}${PATH}${SIGNED} is not yours.`;
  const error: unknown = await watch(cloud, { status: 403, body: { error: { code: 'Forbidden', message } } }).catch(
    (caught: unknown) => caught,
  );
  expect(error).toMatchObject({ kind: 'permission' });
  const told = `${String(error)} ${JSON.stringify(error)} ${String((error as Error).cause)} ${String(((error as Error).cause as Error).stack)}`;
  expect(told).not.toContain('MIIH');
  expect(told).not.toContain('hash');
});
