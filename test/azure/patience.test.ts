import { createHttpHeaders, createPipelineRequest, RestError, type PipelineResponse } from '@azure/core-rest-pipeline';
import { expect, test } from 'vitest';
import { patiencePolicy } from '../../src/azure/patience.ts';
import { scriptedAzure, SUBSCRIPTION } from '../support/scripted-azure.ts';

const signal = new AbortController().signal;
const request = createPipelineRequest({ url: 'https://management.azure.com/x' });
const good: PipelineResponse = { request, status: 200, headers: createHttpHeaders() };

/** Fails with this code so often, then answers. */
async function tries(code: string, failures: number): Promise<number> {
  const policy = await patiencePolicy({ maxRetries: 3, delayMs: 1 });
  let tried = 0;
  await policy.sendRequest(request, async () => {
    tried += 1;
    if (tried <= failures) throw new RestError('lost', { code });
    return good;
  });
  return tried;
}

test.each(['EAI_AGAIN', 'EPIPE', 'ENETUNREACH', 'EHOSTUNREACH'])('%s is tried again', async (code) => {
  expect(await tries(code, 3)).toBe(4);
  await expect(tries(code, 4)).rejects.toMatchObject({ code });
});

test("what the SDKs' own policy retries, and what nobody should, goes through at once", async () => {
  await expect(tries('ECONNRESET', 1)).rejects.toMatchObject({ code: 'ECONNRESET' });
  await expect(tries('CERT_HAS_EXPIRED', 1)).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' });
});

test('a 429 that does not say how long is tried again, in an SDK as in a request of ours', async () => {
  await using cloud = await scriptedAzure();
  const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/lab`;
  const rule = `${group}/providers/Microsoft.Insights/dataCollectionRules/dcr`;
  cloud.on('GET', group, { status: 429 }, { body: { id: group, name: 'lab', location: 'uksouth' } });
  cloud.on('GET', rule, { status: 429 }, { body: { id: rule, location: 'uksouth' } });
  const azure = await cloud.azure();
  expect(await azure.groups.find('lab', signal)).toMatchObject({ name: 'lab' });
  expect(await azure.dataCollectionRules.find('lab', 'dcr', signal)).toMatchObject({ id: rule });
});

test('connections that break off and 5xx are tried again, in an SDK as in a request of ours', async () => {
  await using cloud = await scriptedAzure();
  const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/lab`;
  const rule = `${group}/providers/Microsoft.Insights/dataCollectionRules/dcr`;
  cloud.on('GET', group, 'reset', { status: 500 }, { body: { id: group, name: 'lab', location: 'uksouth' } });
  cloud.on('GET', rule, { status: 502 }, 'reset', { body: { id: rule, location: 'uksouth' } });
  const azure = await cloud.azure();
  expect(await azure.groups.find('lab', signal)).toMatchObject({ name: 'lab' });
  expect(await azure.dataCollectionRules.find('lab', 'dcr', signal)).toMatchObject({ id: rule });
});

test('409 and 400 are never tried again', async () => {
  await using cloud = await scriptedAzure();
  const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/lab`;
  cloud.on('PUT', group, { status: 409, body: { error: { code: 'ResourceGroupBeingDeleted', message: 'm' } } });
  const azure = await cloud.azure();
  await expect(azure.groups.put('lab', { location: 'uksouth', tags: {} }, signal)).rejects.toMatchObject({
    kind: 'conflict',
  });
  expect(cloud.only('PUT', 'lab')).toHaveLength(1);
});
