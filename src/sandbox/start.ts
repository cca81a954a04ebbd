import { spawn } from 'node:child_process';
import { openSync, readFileSync, existsSync, closeSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttachRequest } from './attached/attachment.ts';
import { typedFault } from './faults/fault-order.ts';
import { lockHolder, processAlive } from './lock.ts';
import { readPublished } from './published.ts';
import type { Published } from './published.ts';
import { privateFolder } from './server/private-file.ts';

export interface StartOptions {
  readonly dir: string;
  /** The Node to run, `process.execPath`. */
  readonly execPath: string;
  /** Arguments before ours: Node's own options and the path of our bin. */
  readonly entry: readonly string[];
  readonly port?: number | undefined;
  readonly speed?: number | undefined;
  readonly charts?: string | undefined;
  readonly attach?: AttachRequest | undefined;
  readonly faults?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Milliseconds to wait for it; 30 s by default. */
  readonly timeoutMs?: number;
}

/** Asks the control API of whoever published; undefined where nobody answers. */
const ask = async (
  published: Published,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; text: string } | undefined> => {
  if (!existsSync(published.caFile)) return undefined;
  const ca = readFileSync(published.caFile);
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${published.controlToken}`, connection: 'close' };
    const outgoing = httpsRequest(
      `${published.control}${path}`,
      { method, ca, headers, timeout: 5000, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
        response.on('error', () => resolve(undefined));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(undefined));
    outgoing.end(payload);
  });
};

/** The sandbox that serves a directory, or undefined where none answers. */
export const sandboxStatus = async (dir: string): Promise<Published | undefined> => {
  const published = readPublished(dir);
  if (published === undefined) return undefined;
  const answer = await ask(published, 'GET', '/status');
  if (answer?.status !== 200) return undefined;
  // A successor that is still starting answers at the same address: it will publish itself.
  const { pid } = JSON.parse(answer.text) as { readonly pid?: number };
  return pid === published.pid ? published : undefined;
};

/**
 * Finds the sandbox of a directory or starts it as a process of its own, which outlives this one, and waits until it answers.
 * Two starts at once end with one sandbox: the lock in the directory decides.
 */
export const startSandbox = async (options: StartOptions): Promise<Published> => {
  const { dir, signal } = options;
  const running = await sandboxStatus(dir);
  if (running !== undefined) return running;
  privateFolder(dir);
  let launched = launch(options);
  const attempts = Math.ceil((options.timeoutMs ?? 30_000) / 100);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    await sleep(100, undefined, { signal });
    const started = await sandboxStatus(dir);
    if (started !== undefined) return started;
    // Another start may have been quicker and now holds the lock: then that one is waited for.
    if (launched.exit() === undefined || lockHolder(dir) !== undefined) continue;
    // Whoever held the lock was on its way out: killed, stopped or idle for too long.
    if (launched.exit() !== exitOfLocked) break;
    launched = launch(options);
  }
  const said = sentenceOf(readFileSync(outputOf(dir), 'utf8'));
  throw new Error(`The sandbox in ${dir} did not start${said === '' ? '.' : `: ${said}`}`);
};

/** The exit code with which `sandbox serve` says that another process serves the directory. */
const exitOfLocked = 7;

const outputOf = (dir: string): string => join(dir, 'start.log');

/** Runs `sandbox serve` as a process of its own; `exit` is its exit code once it has ended. */
const launch = (options: StartOptions): { readonly exit: () => number | undefined } => {
  const { dir } = options;
  const output = openSync(outputOf(dir), 'w', 0o600);
  const child = spawn(options.execPath, [...options.entry, ...serveArguments(options)], {
    detached: true,
    stdio: ['ignore', output, output],
    env: options.env,
    // Nothing in the caller's folder may be held by a process that outlives it.
    cwd: dir,
  });
  closeSync(output);
  let exit: number | undefined;
  child.on('exit', (code) => (exit = code ?? 1));
  child.on('error', () => (exit = 127));
  child.unref();
  return { exit: () => exit };
};

/** What a process said last, without a stack trace's frames and without the advice that is not for the caller. */
const sentenceOf = (output: string): string => {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !/^\s+at |^Node\.js v/u.test(line));
  const advice = lines.findIndex((line) => /^\s+(?:Do:|code )/u.test(line));
  return (advice === -1 ? lines : lines.slice(0, advice))
    .slice(-5)
    .map((line) => line.trim().replace(/^[✗x] /u, ''))
    .join(' ');
};

const attachArguments = (attach: AttachRequest | undefined): readonly string[] =>
  attach === undefined
    ? []
    : [
        '--kubeconfig',
        attach.kubeconfig,
        ...(attach.kubernetesService === undefined ? [] : ['--kubernetes-service', attach.kubernetesService]),
        ...(attach.remote ? ['--allow-remote-cluster'] : []),
      ];

const serveArguments = (options: StartOptions): readonly string[] => [
  'sandbox',
  'serve',
  '--sandbox-dir',
  options.dir,
  ...(options.port === undefined ? [] : ['--port', String(options.port)]),
  ...(options.speed === undefined ? [] : ['--speed', String(options.speed)]),
  ...(options.charts === undefined ? [] : ['--charts', options.charts]),
  ...attachArguments(options.attach),
  ...(options.faults ?? []).flatMap((name) => ['--fault', name]),
];

/** Ends the sandbox of a directory; its state stays. False where none was running. */
export const stopSandbox = async (dir: string, signal: AbortSignal): Promise<boolean> => {
  const published = await sandboxStatus(dir);
  if (published === undefined) return false;
  await ask(published, 'POST', '/shutdown');
  for (let attempt = 0; attempt < 100 && processAlive(published.pid); attempt += 1)
    await sleep(50, undefined, { signal });
  return true;
};

/** How fast a running sandbox is; undefined where it does not say. */
export const sandboxSpeed = async (published: Published): Promise<number | undefined> => {
  const answer = await ask(published, 'GET', '/status');
  if (answer?.status !== 200) return undefined;
  return (JSON.parse(answer.text) as { readonly speed?: number }).speed;
};

/** Sets faults in a running sandbox, as often as they are named: `NAME` or `NAME:key=value,key=value`. */
export const addFaults = async (published: Published, typed: readonly string[]): Promise<void> => {
  for (const text of typed) {
    const order = typedFault(text);
    if (order.kind === 'refused') throw new Error(order.problem);
    const { name, options } = order;
    const { parameters, seconds, ...common } = options;
    const body = { name, ...common, ...parameters, ...(seconds === undefined ? {} : { for: seconds }) };
    const answer = await ask(published, 'POST', '/faults', body);
    if (answer?.status !== 201) throw new Error(`The sandbox at ${published.control} did not take the fault ${text}.`);
  }
};

/** Empties the subscription of a running sandbox. False where none is running. */
export const resetSandbox = async (dir: string): Promise<boolean> => {
  const published = await sandboxStatus(dir);
  if (published === undefined) return false;
  const answer = await ask(published, 'POST', '/reset');
  return answer?.status === 200;
};

/** Sends an order to a running sandbox's `POST /sabotage` and returns the answer's text. */
export const sabotageSandbox = async (published: Published, order: unknown): Promise<string> => {
  const answer = await ask(published, 'POST', '/sabotage', order);
  if (answer === undefined) throw new Error(`The sandbox at ${published.control} does not answer.`);
  if (answer.status >= 400) throw new Error(answer.text);
  return answer.text;
};
