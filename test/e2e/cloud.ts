import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { unpackTools } from '../../scripts/unpack-tools.ts';
import { noteBodies } from '../support/arm-bodies.ts';

export const root = resolve(import.meta.dirname, '..', '..');
export const bin = join(root, 'bin', 'aks-ebpf-sentinel.js');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Event {
  readonly type: string;
  readonly step?: string;
  readonly [field: string]: unknown;
}

export const eventsOf = ({ stdout }: Ended): readonly Event[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Event);

export interface Request {
  readonly service: string;
  readonly client: string;
  readonly method: string;
  readonly path: string;
  readonly apiVersion?: string;
  readonly status: number | string;
  readonly body?: unknown;
  readonly code?: string;
}

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly provisioningState?: string;
}

/** A sandbox of its own and a folder to work in; the command line is always the real bin in a process of its own. */
export interface Cloud {
  readonly folder: string;
  readonly sandboxDir: string;
  /** What the command line is run with, for whoever spawns it by himself. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly published: Readonly<Record<string, string>>;
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  start(
    args: readonly string[],
    options?: RunOptions,
  ): { readonly child: ChildProcess; readonly ended: Promise<Ended> };
  requests(): Promise<readonly Request[]>;
  resources(): Promise<readonly Resource[]>;
  fault(fault: { readonly name: string; readonly [parameter: string]: unknown }): Promise<void>;
  clearFaults(): Promise<void>;
  sabotage(order: { readonly kind: string; readonly [parameter: string]: unknown }): Promise<void>;
  /** Anything else of the control API. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly stateDir?: string;
}

const { helm } = await unpackTools({
  root,
  platform: process.platform,
  arch: process.arch,
  path: process.env['PATH'] ?? '',
});
export { helm };

/** Nothing of the developer's own Azure, CI or colours may decide a test. */
export const cleanEnv = (cache: string): Record<string, string | undefined> => ({
  PATH: process.env['PATH'],
  HOME: cache,
  XDG_CACHE_HOME: join(cache, 'cache'),
  XDG_STATE_HOME: join(cache, 'state'),
  HELM: helm,
});

export const spawnBin = (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  program = bin,
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } => {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const ended = new Promise<Ended>((done) =>
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr })),
  );
  return { child, ended };
};

const ask = (
  published: Readonly<Record<string, string>>,
  method: string,
  path: string,
  body?: unknown,
): Promise<string> =>
  new Promise((done, fail) => {
    const ca = readFileSync(published['caFile'] ?? '');
    const headers = { authorization: `Bearer ${published['controlToken'] ?? ''}`, connection: 'close' };
    const outgoing = request(
      `${published['control'] ?? ''}${path}`,
      { method, ca, headers, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if ((answer.statusCode ?? 500) < 300) done(text);
          else fail(new Error(`${method} ${path}: ${answer.statusCode ?? '?'} ${text}`));
        });
      },
    );
    outgoing.on('error', fail);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });

export interface CloudOptions {
  /** How much faster than Azure; 600 makes a run last a few seconds. */
  readonly speed?: number;
  /** Folder with the real charts; without it the stand-ins serve. */
  readonly charts?: string;
}

export const startCloud = async ({ speed = 600, charts }: CloudOptions = {}): Promise<Cloud> => {
  const folder = mkdtempSync(join(tmpdir(), 'aks-ebpf-sentinel-e2e-'));
  const work = join(folder, 'work');
  mkdirSync(work);
  const env = cleanEnv(folder);
  const sandboxDir = join(folder, 'sandbox');
  const started = await spawnBin(
    [
      'sandbox',
      'start',
      '--sandbox-dir',
      sandboxDir,
      '--speed',
      String(speed),
      ...(charts === undefined ? [] : ['--charts', charts]),
      '-o',
      'json',
    ],
    env,
    work,
  ).ended;
  if (started.code !== 0) throw new Error(`sandbox start: ${started.code ?? '?'} ${started.stderr}`);
  const published = JSON.parse(started.stdout) as Record<string, string>;
  const running = new Set<ChildProcess>();
  const start: Cloud['start'] = (args, options = {}) => {
    const state = options.stateDir === undefined ? [] : ['--state-dir', options.stateDir];
    const started = spawnBin(
      [...args, '--sandbox', '--sandbox-dir', sandboxDir, ...state],
      { ...env, ...options.env },
      options.cwd ?? work,
    );
    running.add(started.child);
    void started.ended.then(() => running.delete(started.child));
    return started;
  };
  return {
    folder,
    sandboxDir,
    env,
    published,
    start,
    run: (args, options) => start(args, options).ended,
    requests: async () =>
      (await ask(published, 'GET', '/requests'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Request),
    resources: async () =>
      (JSON.parse(await ask(published, 'GET', '/resources')) as { resources: readonly Resource[] }).resources,
    fault: async (fault) => {
      const answer = await ask(published, 'POST', '/faults', fault);
      if (!answer.includes('"id"')) throw new Error(answer);
    },
    clearFaults: async () => void (await ask(published, 'DELETE', '/faults')),
    control: async <T>(method: string, path: string, body?: unknown) =>
      JSON.parse(await ask(published, method, path, body)) as T,
    sabotage: async (order) => void (await ask(published, 'POST', '/sabotage', order)),
    async close() {
      // Of a test that failed: a run whose cloud is gone would wait for it for most of an hour.
      for (const child of running) child.kill('SIGKILL');
      noteBodies(sandboxDir);
      await spawnBin(['sandbox', 'stop', '--sandbox-dir', sandboxDir], env, work).ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Requests that change something; looking, and asking for a token or a kubeconfig, is none. */
export const writes = (requests: readonly Request[]): readonly Request[] =>
  requests.filter(
    ({ method, service, path }) =>
      !['GET', 'HEAD', 'OPTIONS'].includes(method) &&
      service !== 'authority' &&
      service !== 'logs' &&
      service !== 'registry' &&
      !/\/(?:listCluster(User|Admin)Credential|checkPolicyRestrictions)/i.test(path) &&
      !/\/exec\b/.test(path),
  );
