import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicHosts } from '../../src/sandbox/endpoints.ts';
import { bin, cleanEnv, type Ended, eventsOf, type Request, writes } from '../e2e/cloud.ts';
import { noteBodies } from '../support/arm-bodies.ts';
import { haveRealCharts, realCharts } from '../support/real-charts.ts';
import { azEnvironment, azureCli, runProgram } from './azure-cli.ts';
import { type Cabin, haveNamespaces, openCabin } from './cabin.ts';

// Nobody is told anything of a sandbox: in a place with nothing but loopback the public cloud's own host names lead to it. az, the
// SDKs and our command line run as they are shipped; only the CA is made known, by the variables that Node and Python have for that.

const folder = mkdtempSync(join(tmpdir(), 'aks-ebpf-sentinel-az-'));
const work = join(folder, 'work');
const sandboxDir = join(folder, 'sandbox');
const caFile = join(sandboxDir, 'ca.pem');
let cabin: Cabin;
let sandbox: ChildProcess;
let published: Readonly<Record<string, string>>;

/** An az that finds its folder empty asks there for its own newest version, whatever it was told of upgrades; nobody else does. */
const newestAz = 'azcliprod.blob.core.windows.net';

type Environment = Readonly<Record<string, string | undefined>>;
const within = (env: Environment, ...command: readonly string[]): Promise<Ended> => {
  const [program, args] = cabin.enter(work, command);
  return runProgram(program, args, env, work);
};
const az = (...args: readonly string[]): Promise<Ended> =>
  within(azEnvironment(folder, caFile), join(azureCli ?? '', 'az'), ...args, '--output', 'json');
const principal = (): Environment => ({
  AZURE_TENANT_ID: published['tenantId'],
  AZURE_CLIENT_ID: published['clientId'],
  AZURE_CLIENT_SECRET: published['clientSecret'],
});
const ours = (env: Environment, ...args: readonly string[]): Promise<Ended> =>
  within({ ...cleanEnv(folder), NODE_EXTRA_CA_CERTS: caFile, ...env }, process.execPath, bin, ...args);
const where = (): readonly string[] => ['--subscription', published['subscriptionId'] ?? '', '--location', 'uksouth'];
const requests = (): readonly Request[] =>
  readFileSync(join(sandboxDir, 'requests.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Request);

/** Packets that had nowhere to go, of this place since it was opened. */
const lost = async (): Promise<number> => {
  const { stdout } = await within(cleanEnv(folder), 'cat', '/proc/net/snmp', '/proc/net/snmp6');
  const [names = [], values = []] = stdout
    .split('\n')
    .filter((line) => line.startsWith('Ip: '))
    .map((line) => line.split(' '));
  const six = /Ip6OutNoRoutes\s+(\d+)/.exec(stdout)?.[1] ?? '0';
  return Number(values[names.indexOf('OutNoRoutes')]) + Number(six);
};

describe.skipIf(azureCli === undefined || !haveRealCharts || !haveNamespaces)('without one override', () => {
  beforeAll(async () => {
    const charts = join(folder, 'cache', 'aks-ebpf-sentinel', 'charts');
    for (const each of [work, charts]) mkdirSync(each, { recursive: true });
    for (const file of [realCharts.cilium ?? '', realCharts.tetragon ?? ''])
      symlinkSync(file, join(charts, basename(file)));
    cabin = await openCabin(folder, publicHosts);
    const serving = ['sandbox', 'serve', '--as-azure', '--speed', '600', '--sandbox-dir', sandboxDir] as const;
    const [program, args] = cabin.enter(work, [process.execPath, bin, ...serving]);
    sandbox = spawn(program, args, { env: cleanEnv(folder), stdio: 'ignore' });
    const file = join(sandboxDir, 'published.json');
    while (!existsSync(file)) {
      if (sandbox.exitCode !== null) throw new Error(`The sandbox ended with ${sandbox.exitCode}.`);
      await sleep(100);
    }
    published = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  });
  afterAll(async () => {
    noteBodies(sandboxDir);
    if (sandbox?.kill('SIGTERM')) await new Promise((done) => sandbox.once('exit', done));
    cabin?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('az signs in to the public cloud', async () => {
    const { tenantId = '', clientId = '', clientSecret = '', subscriptionId } = published;
    const login = await az('login', '--service-principal', '-u', clientId, '-p', clientSecret, '--tenant', tenantId);
    expect(login.stderr).toBe('');
    expect(JSON.parse(login.stdout)).toMatchObject([{ cloudName: 'AzureCloud', id: subscriptionId }]);
    expect(JSON.parse((await az('group', 'list')).stdout)).toEqual([]);
  });

  test('DefaultAzureCredential and the SDK find everything by themselves', async () => {
    const script = join(import.meta.dirname, 'default-client.ts');
    const env = { ...cleanEnv(folder), ...principal(), NODE_EXTRA_CA_CERTS: caFile };
    const ended = await within(env, process.execPath, script, published['subscriptionId'] ?? '');
    expect(ended.stderr).toBe('');
    expect(JSON.parse(ended.stdout)).toEqual({ groups: [] });
  });

  test('init builds everything, a second run writes nothing', async () => {
    const init = ['init', '--yes', '--output', 'ndjson', ...where()] as const;
    const first = await ours(principal(), ...init);
    expect(first.stderr).toBe('');
    expect(eventsOf(first).at(-1)).toMatchObject({ outcome: 'done', exitCode: 0, ready: 18, total: 18 });
    const before = requests().length;
    expect((await ours(principal(), ...init)).code).toBe(0);
    expect(writes(requests().slice(before))).toEqual([]);
    // Tokens for the public cloud's own audiences, and charts that came from nowhere but the cache.
    expect(requests().filter(({ service }) => service === 'registry')).toEqual([]);
    expect(requests().filter(({ status }) => status === 401)).toEqual([]);
  });

  test('status is well for whoever az signed in', async () => {
    const ended = await ours(azEnvironment(folder, caFile), 'status', '--auth', 'azure-cli', ...where(), '-o', 'json');
    expect(ended.stderr).toBe('');
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, errors: [] });
    const cluster = await az('aks', 'show', '-g', 'rg-ebpf-sentinel', '-n', 'aks-ebpf-sentinel');
    expect(JSON.parse(cluster.stdout)).toMatchObject({ provisioningState: 'Succeeded' });
  });

  test('nobody looked for any other host or sent anything elsewhere', async () => {
    expect(cabin.strangers().filter((host) => host !== newestAz)).toEqual([]);
    expect(await lost()).toBe(0);
  });

  test('whoever did would have been seen', async () => {
    const ask = (url: string): Promise<Ended> =>
      within(cleanEnv(folder), process.execPath, '-e', `fetch('${url}').catch(() => process.exit(9))`);
    expect((await ask('https://elsewhere.example')).code).toBe(9);
    expect(cabin.strangers()).toContain('elsewhere.example');
    expect((await ask('https://192.0.2.1')).code).toBe(9);
    expect(await lost()).toBeGreaterThan(0);
  });
});
