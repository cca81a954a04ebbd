import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createKills } from '../../../src/sandbox/control/kills.ts';
import type { Processes } from '../../../src/sandbox/control/kill-processes.ts';
import type { KillPhase } from '../../../src/sandbox/server/kill-point.ts';
import { world, type World } from '../world.ts';

/** Puts a resource group when it is told to, says what came back, and stays. */
const client = `
const { request } = require('node:https');
const [url, ca, token] = process.argv.slice(1);
process.stdin.once('data', () => {
  const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' };
  const asked = request(url, { method: 'PUT', headers, ca: require('node:fs').readFileSync(ca) }, (answer) => {
    process.stdout.write(String(answer.statusCode));
    answer.resume();
  });
  asked.end(JSON.stringify({ location: 'uksouth' }));
});
setInterval(() => {}, 1000);
`;
const group = 'resourcegroups/rg?api-version=2025-04-01';

const started = async (sandbox: World) => {
  const { published, subscription } = sandbox;
  const token = await sandbox.token(`${published.arm}/.default`);
  const url = `${published.arm}${subscription}/${group}`;
  const child = spawn(process.execPath, ['-e', client, url, published.caFile, token]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const heard: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
  return {
    pid: child.pid ?? 0,
    heard,
    async go() {
      child.stdin.write('go\n');
      const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
      return signal;
    },
  };
};

const orders = async (sandbox: World) => (await sandbox.control('GET', '/kills')).body['value'];

describe('an order to kill', () => {
  test.each<readonly [KillPhase, number]>([
    ['before-apply', 404],
    ['after-apply', 200],
    ['after-reply', 200],
  ])('%s takes the client, and the change with it only where it came before', async (phase, status) => {
    const sandbox = await world();
    const victim = await started(sandbox);
    expect(await sandbox.control('POST', '/kills', { pid: victim.pid, phase })).toMatchObject({
      status: 201,
      body: { id: '1', state: 'waiting', seen: 0 },
    });
    expect(await victim.go()).toBe('SIGKILL');
    expect(phase === 'after-reply' ? [] : victim.heard).toEqual([]);
    expect(await orders(sandbox)).toMatchObject([
      {
        state: 'killed',
        phase,
        seen: 1,
        killed: [victim.pid],
        point: {
          service: 'arm',
          method: 'PUT',
          signature: 'arm PUT /subscriptions/{guid}/resourcegroups/rg #1',
        },
      },
    ]);
    expect((await sandbox.request('GET', `${sandbox.subscription}/${group}`)).status).toBe(status);
    const log = (await sandbox.control('GET', '/requests')).text;
    expect(log).toContain(phase === 'before-apply' ? '"status":"reset"' : '"status":201');
  });

  test('counts requests, but those that it is told to skip', async () => {
    const sandbox = await world();
    const victim = await started(sandbox);
    const ask = () => sandbox.request('GET', `${sandbox.subscription}/${group}`);
    // The first one asks for a token, too.
    await ask();
    const skip = ['arm GET /subscriptions/{guid}/resourcegroups/rg #1'];
    await sandbox.control('POST', '/kills', { pid: victim.pid, at: 2, skip });
    // The first is skipped, the second is the first that counts.
    for (let n = 0; n < 2; n += 1) await ask();
    expect(await orders(sandbox)).toMatchObject([{ state: 'waiting', seen: 2, skipped: 1 }]);
    expect(await victim.go()).toBe('SIGKILL');
    await vi.waitFor(async () => expect(await orders(sandbox)).toMatchObject([{ state: 'killed', seen: 3 }]));
    await vi.waitFor(async () => expect((await sandbox.control('GET', '/requests')).text).toContain('reset'));
  });

  test('is taken back as long as it waits', async () => {
    const sandbox = await world();
    const victim = await started(sandbox);
    for (let n = 0; n < 2; n += 1) await sandbox.control('POST', '/kills', { pid: victim.pid });
    expect((await sandbox.control('DELETE', '/kills/1')).body['value']).toMatchObject([{ id: '2' }]);
    expect((await sandbox.control('DELETE', '/kills')).body['value']).toEqual([]);
  });

  test.each([
    [{ pid: 1 }, "'pid' is a whole number above 1."],
    [{ pid: process.pid }, `${process.pid} is the sandbox itself.`],
    [{ pid: 2 ** 30 }, `There is no process ${2 ** 30}.`],
    [{ pid: 5, at: 0 }, "'at' counts requests from 1."],
    [{ pid: 5, phase: 'later' }, "'phase' is one of before-apply, after-apply, after-reply."],
    [{ pid: 5, delayMs: 5 }, "'delayMs' is a number of milliseconds, in the phase after-reply alone."],
    [{ pid: 5, when: 1 }, "An order to kill has no 'when', only pid, at, phase, tree, skip, delayMs."],
  ])('%o is refused', async (order, error) => {
    const sandbox = await world();
    expect(await sandbox.control('POST', '/kills', order)).toMatchObject({ status: 400, body: { error } });
  });
});

test('a process that has only the number of the one that was meant is left alone', async () => {
  const killed: number[] = [];
  let born = 'first';
  const processes: Processes = {
    refusal: () => undefined,
    born: () => born,
    kill: (pid) => (killed.push(pid), [pid]),
    gone: async () => undefined,
  };
  const kills = createKills(processes, Date.now);
  kills.order({ pid: 7, tree: false, phase: 'before-apply', at: 1, skip: [], delayMs: 0 });
  born = 'second';
  const point = kills.meet({ service: 'arm', method: 'GET', path: '/' });
  expect(await point?.strike(AbortSignal.abort())).toBe(true);
  expect({ killed, states: kills.list().map(({ state }) => state) }).toEqual({ killed: [], states: ['missed'] });
});
