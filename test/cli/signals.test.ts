import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { packageRoot } from './harness.ts';

const bin = join(packageRoot, 'bin', 'aks-ebpf-sentinel.js');
const open: (Server | ChildProcess)[] = [];

afterEach(() => {
  for (const thing of open.splice(0)) {
    if ('close' in thing) thing.close();
    else thing.kill('SIGKILL');
  }
});

/** A cloud that takes every connection and never says a word. */
const silentCloud = async (folder: string): Promise<{ readonly profile: string; readonly called: Promise<void> }> => {
  let call: () => void = () => undefined;
  const called = new Promise<void>((resolve) => (call = resolve));
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    call();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  open.push(server);
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(folder, 'client-secret'), 'a-secret-of-nobody');
  const profile = {
    name: 'silent',
    armEndpoint: url,
    armAudience: `${url}/`,
    authorityHost: url,
    logsEndpoint: url,
    logsAudience: url,
    portal: url,
    subscriptionId: '22222222-2222-4222-8222-222222222222',
    tenantId: '33333333-3333-4333-8333-333333333333',
    location: 'uksouth',
    credential: {
      kind: 'client-secret',
      clientId: '44444444-4444-4444-8444-444444444444',
      clientSecretFile: join(folder, 'client-secret'),
    },
  };
  writeFileSync(join(folder, 'profile.json'), JSON.stringify(profile));
  return { profile: join(folder, 'profile.json'), called };
};

const start = (
  argv: readonly string[],
  cwd: string,
  node: readonly string[] = [],
): { readonly child: ChildProcess; readonly ended: Promise<number | null> } => {
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd };
  const child = spawn(process.execPath, [...node, bin, ...argv], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  open.push(child);
  return { child, ended: new Promise((resolve) => child.on('exit', (code) => resolve(code))) };
};

test.each(['SIGINT', 'SIGTERM'] as const)('%s while nobody answers ends with 130 and one line', async (signal) => {
  const folder = mkdtempSync(join(tmpdir(), 'cli-signal-'));
  const { profile, called } = await silentCloud(folder);
  const { child, ended } = start(['kubeconfig', '--profile', profile], folder);
  const said: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  await called;
  child.kill(signal);
  await expect(ended).resolves.toBe(130);
  expect(said.join('')).toMatch(/^Interrupted.*\n$/u);
});

// Stands in for a command that is deaf to its signal.
const deafMain = `
import { registerHooks } from 'node:module';
const source = "setInterval(() => {}, 1000); export const processIo = (process, signal) => ({ process, signal });" +
  "export const main = ({}, io) => new Promise(() => { io.signal.onabort = () => io.process.stdout.write('first'); io.process.stdout.write('up'); });";
registerHooks({ load: (url, context, next) =>
  url.endsWith('/src/cli/main.ts') ? { format: 'module', source, shortCircuit: true } : next(url, context) });
`;

test('the first Ctrl-C asks, the second does not wait for an answer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cli-signal-'));
  const hook = join(folder, 'deaf.mjs');
  writeFileSync(hook, deafMain);
  const { child, ended } = start(['status'], folder, ['--import', pathToFileURL(hook).href]);
  const heard: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => {
    heard.push(chunk.toString());
    child.kill('SIGINT');
  });
  await expect(ended).resolves.toBe(130);
  expect(heard).toEqual(['up', 'first']);
});

test('Ctrl-C ends `sandbox serve` in order, and its state is kept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cli-signal-'));
  const box = join(folder, 'box');
  const { child, ended } = start(['sandbox', 'serve', '--sandbox-dir', box], folder);
  child.stderr?.once('data', () => child.kill('SIGINT'));
  await expect(ended).resolves.toBe(0);
  expect(readdirSync(box)).toContain('state.ndjson');
  expect(readdirSync(box)).not.toContain('lock');
});
