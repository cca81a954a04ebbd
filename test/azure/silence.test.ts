import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import { expect, test } from 'vitest';
import { silencePolicy } from '../../src/azure/silence.ts';
import { world } from '../support/world.ts';

const signal = new AbortController().signal;

/** Answers nothing until the request is aborted. */
const silent = (request: { readonly abortSignal?: unknown }): Promise<never> =>
  new Promise((_resolve, reject) => {
    const { abortSignal } = request;
    if (!(abortSignal instanceof AbortSignal)) throw new Error('nothing would ever end this request');
    abortSignal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
  });

test.each(['GET', 'PUT'])('a %s that ARM never answers is sent again on another connection', async (method) => {
  const lab = await world();
  await lab.run('providers');
  await lab.sandbox.fault({ name: 'stall', method, path: 'resourceGroups' });
  await expect(lab.run('resource-group')).resolves.toMatchObject({ changed: true });
  const asked = await lab.azure.requests({ type: 'resourceGroups' });
  expect(asked.map(({ status }) => status)).toContain('stall');
});

test('silence is told as a lost connection, which is tried again', async () => {
  const policy = await silencePolicy(20);
  const request = createPipelineRequest({ url: 'https://localhost/', headers: createHttpHeaders() });
  const error: unknown = await policy.sendRequest(request, silent).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RestError);
  expect(error).toMatchObject({ code: 'ETIMEDOUT' });
});

test('a run that is stopped is no silence', async () => {
  const policy = await silencePolicy(60_000);
  const stop = new AbortController();
  const request = createPipelineRequest({ url: 'https://localhost/', abortSignal: stop.signal });
  const asked = policy.sendRequest(request, silent);
  stop.abort();
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  expect(request.abortSignal).toBe(stop.signal);
  expect(signal.aborted).toBe(false);
});
