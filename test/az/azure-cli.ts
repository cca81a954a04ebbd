import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Cloud, Ended } from '../e2e/cloud.ts';

/** Folder with the real `az`, or undefined where the suite is skipped. */
export const azureCli = inject('azureCli');

export const runProgram = (
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<Ended> =>
  new Promise((done, fail) => {
    const child = spawn(program, args, { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    child.on('error', fail);
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });

/** Nothing of the developer's own az, no telemetry, no look for a newer version; `folder` holds what az remembers. */
export const azEnvironment = (folder: string, caFile: string): Readonly<Record<string, string | undefined>> => ({
  PATH: `${azureCli ?? ''}:${process.env['PATH'] ?? ''}`,
  HOME: folder,
  AZURE_CONFIG_DIR: join(folder, 'azure'),
  AZURE_CORE_COLLECT_TELEMETRY: 'no',
  AZURE_CORE_CHECK_UPGRADE: 'no',
  AZURE_CORE_NO_COLOR: 'yes',
  REQUESTS_CA_BUNDLE: caFile,
});

export interface Az {
  /** Runs `az …` and reads its JSON; throws what az said where it failed. */
  <T = Readonly<Record<string, unknown>>>(...args: readonly string[]): Promise<T>;
  /** Runs `az …` as it is. */
  run(...args: readonly string[]): Promise<Ended>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const azWith = (env: Readonly<Record<string, string | undefined>>, cwd: string): Az => {
  const run = (...args: readonly string[]): Promise<Ended> => runProgram(join(azureCli ?? '', 'az'), args, env, cwd);
  const json = async <T>(...args: readonly string[]): Promise<T> => {
    const { code, stdout, stderr } = await run(...args, '--output', 'json');
    if (code !== 0) throw new Error(`az ${args.join(' ')}: ${stderr}`);
    return (stdout.trim() === '' ? undefined : JSON.parse(stdout)) as T;
  };
  return Object.assign(json, { run, env });
};

/** The real az, told of the sandbox as of any private cloud, and signed in as its service principal. */
export const signedInAz = async (
  { folder, published }: Cloud,
  options: { readonly home?: string; readonly secret?: string } = {},
): Promise<Az> => {
  const home = join(folder, options.home ?? 'az');
  mkdirSync(home);
  const { arm = '', caFile = '', clientId = '', clientSecret = '', tenantId = '' } = published;
  const secret = options.secret ?? clientSecret;
  const az = azWith(
    // Without this az asks the public authority which authorities there are.
    { ...azEnvironment(home, caFile), AZURE_CORE_INSTANCE_DISCOVERY: 'false' },
    home,
  );
  await az('cloud', 'register', '--name', 'imitated', '--endpoint-resource-manager', arm);
  await az('cloud', 'set', '--name', 'imitated');
  await az('login', '--service-principal', '-u', clientId, '-p', secret, '--tenant', tenantId);
  return az;
};

/** Registers these providers of Microsoft's, all at once, and waits for them. */
export const registered = async (az: Az, ...names: readonly string[]): Promise<void> => {
  await Promise.all(names.map((name) => az('provider', 'register', '--wait', '--namespace', `Microsoft.${name}`)));
};

/** Answers that tell of a question which the sandbox did not know, or of a crash. */
export const oddAnswers = async (cloud: Cloud): Promise<readonly string[]> => {
  const unknown = ['InvalidResourceType', 'InvalidResourceNamespace', 'NoRegisteredProviderFound'];
  return (await cloud.requests())
    .filter(
      ({ service, path, status, code = '' }) =>
        service === 'arm' &&
        (unknown.includes(code) || Number(status) >= 500 || (code === 'NotFound' && !/\/providers\//i.test(path))),
    )
    .map(({ method, path, code }) => `${method} ${path} ${code ?? ''}`);
};
