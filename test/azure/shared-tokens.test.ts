import type { AccessToken, GetTokenOptions } from '@azure/core-auth';
import { expect, test } from 'vitest';
import { toProblem } from '../../src/azure/arm-error.ts';
import { shareTokens } from '../../src/azure/shared-tokens.ts';

const HOUR = 60 * 60_000;

/** A credential that numbers its tokens, each good for an hour. */
function numbered() {
  const asked: (GetTokenOptions | undefined)[] = [];
  const time = { now: 0, fails: 0 };
  const inner = {
    async getToken(_: string | string[], options?: GetTokenOptions): Promise<AccessToken | null> {
      asked.push(options);
      if (time.fails > 0) {
        time.fails -= 1;
        throw new Error('no');
      }
      return { token: `token-${asked.length}`, expiresOnTimestamp: time.now + HOUR };
    },
  };
  const made: number[] = [];
  const make = async () => {
    made.push(time.now);
    return inner;
  };
  const shared = shareTokens(make, { now: () => time.now, explain: async (error) => toProblem(error) });
  return {
    shared,
    made,
    asked,
    time,
    get: async (...args: Parameters<typeof shared.getToken>) => (await shared.getToken(...args))?.token,
  };
}

test('all who ask at the same time get one token', async () => {
  const { asked, get } = numbered();
  expect(await Promise.all([get('a'), get('a'), get('a')])).toEqual(['token-1', 'token-1', 'token-1']);
  expect(asked).toHaveLength(1);
});

test('each scope and each claims challenge has a token of its own', async () => {
  const { get } = numbered();
  expect([await get('a'), await get('b'), await get('a', { claims: 'c' }), await get('a')]).toEqual([
    'token-1',
    'token-2',
    'token-3',
    'token-1',
  ]);
});

test('a token is renewed five minutes before its end, once for all', async () => {
  const { time, get } = numbered();
  await get('a');
  time.now = HOUR - 6 * 60_000;
  expect(await get('a')).toBe('token-1');
  time.now = HOUR - 4 * 60_000;
  expect(await Promise.all([get('a'), get('a')])).toEqual(['token-2', 'token-2']);
});

test('a failure is told as a Problem, and not kept', async () => {
  const { time, get } = numbered();
  time.fails = 1;
  await expect(get('a')).rejects.toMatchObject({ name: 'Problem' });
  expect(await get('a')).toBe('token-2');
});

test("one caller's abort ends its own wait and not that of the others", async () => {
  const { asked, get } = numbered();
  const stop = new AbortController();
  const [stopped, other] = [get('a', { abortSignal: stop.signal }), get('a')];
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  expect(await other).toBe('token-1');
  expect(asked[0]?.abortSignal).toBeUndefined();
});

test('a token that was refused is not handed out again, and the next one comes from a new sign-in, once for all', async () => {
  const { shared, made, get } = numbered();
  await get('a');
  shared.refuse('token-1');
  shared.refuse('token-1');
  expect(shared.isRefused('token-1')).toBe(true);
  expect(await Promise.all([get('a'), get('a')])).toEqual(['token-2', 'token-2']);
  shared.refuse('token-1');
  expect(await get('a')).toBe('token-2');
  expect(made).toHaveLength(2);
});
