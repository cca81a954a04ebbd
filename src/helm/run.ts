import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { classify, HelmError } from './helm-error.ts';

export interface HelmRun {
  readonly path: string;
  readonly args: readonly string[];
  /** Completes "helm could not …". */
  readonly doing: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Milliseconds after which it is ended: helm's own --timeout does not bind a request that never gets its answer. */
  readonly limitMs?: number;
  /** Milliseconds that it gets for its record once it was told to end. */
  readonly graceMs?: number;
  /** Its stdout is not read. */
  readonly mute?: boolean;
  /** Called for each line of stderr; the lines may hold secrets and must not be passed on as they are. */
  readonly onStderr?: (line: string) => void;
  /** Told its process number, before it can have asked for anything. */
  readonly onStart?: ((pid: number) => void) | undefined;
}

const usualLimitMs = 300_000;
const usualGraceMs = 6000;

const alive = new Set<{ kill(signal: 'SIGTERM'): boolean }>();

/** For a process that ends without waiting: every helm of ours is told to mark its release and to end. Synchronous. */
export const endRunningHelms = (): void => {
  for (const child of alive) child.kill('SIGTERM');
};

/**
 * Runs helm and returns its stdout, which may hold secrets: parse it, never log it. On abort helm gets SIGTERM, marks its
 * release failed and ends; after six seconds it is killed, because a cancelled CI job leaves us 7.5 before its own SIGKILL.
 * Throws HelmError.
 */
export async function runHelm(run: HelmRun): Promise<string> {
  const { execa } = await import('execa');
  const child = execa(run.path, run.args, {
    env: run.env,
    extendEnv: false,
    // A group of its own: Ctrl-C in the terminal must reach this process alone, which then ends helm in order.
    detached: true,
    cancelSignal: run.signal,
    killSignal: 'SIGTERM',
    forceKillAfterDelay: run.graceMs ?? usualGraceMs,
    timeout: run.limitMs ?? usualLimitMs,
    reject: false,
    stdin: 'ignore',
    // What it says goes nowhere where nobody reads it: a word into the pipe of a process that is gone would kill it before its record is written.
    stdout: run.mute === true ? 'ignore' : 'pipe',
    maxBuffer: 64 * 1024 * 1024,
  });
  alive.add(child);
  if (child.pid !== undefined) run.onStart?.(child.pid);
  const reading = run.onStderr === undefined ? undefined : readLines(child.iterable({ from: 'stderr' }), run.onStderr);
  const result = await child.finally(() => alive.delete(child));
  await reading?.catch(() => undefined);
  if (!result.failed) return result.stdout ?? '';
  if (result.timedOut) {
    throw new HelmError(
      'timeout',
      `helm did not ${run.doing} within ${Math.round((run.limitMs ?? usualLimitMs) / 1000)} s and was ended.`,
      'What it applied stays; the run looks again and goes on.',
    );
  }
  if (result.isCanceled) {
    throw new HelmError(
      'interrupted',
      `helm was interrupted and could not ${run.doing}.`,
      'Run the same command again to go on.',
      {
        cause: run.signal.reason,
      },
    );
  }
  if (result.exitCode === undefined && result.signal === undefined) {
    throw new HelmError(
      'missing-binary',
      `${run.path} could not be started (${result.code ?? 'unknown reason'}).`,
      'Check the file, or name another with --helm.',
    );
  }
  if (result.signal !== undefined) {
    throw new HelmError(
      'other',
      `helm was ended by ${result.signal} and could not ${run.doing}.`,
      'Run the same command again to go on.',
    );
  }
  throw classify(result.stderr, run.doing);
}

async function readLines(lines: AsyncIterable<string>, listener: (line: string) => void): Promise<void> {
  for await (const line of lines) listener(line);
}

// Proxies and CAs are how a company's network is reached; DOCKER_CONFIG holds logins to a private registry.
const kept = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'SYSTEMROOT',
  'APPDATA',
  'TMPDIR',
  'TEMP',
  'TMP',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'DOCKER_CONFIG',
];

/**
 * Helm's environment: its folders lie in the state directory, so that repositories, plugins, drivers and contexts of the user
 * change nothing. Only logins to OCI registries stay the user's, for private mirrors.
 */
export async function helmEnvironment(
  stateDir: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): Promise<Record<string, string>> {
  const home = join(stateDir, 'helm');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const result: Record<string, string> = {
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    HELM_PLUGINS: join(home, 'plugins'),
    HELM_REGISTRY_CONFIG: registryConfig(env, platform),
    HELM_DRIVER: 'secret',
    // A discovery cache of another cluster at the same address would hide this one's APIs.
    KUBECACHEDIR: join(home, 'kube-cache'),
    // Helm 4 colours errors on a terminal.
    NO_COLOR: '1',
  };
  for (const name of kept) {
    const value = env[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** Where helm keeps logins, by its own rules. */
function registryConfig(env: Readonly<Record<string, string | undefined>>, platform: string): string {
  const home = env['HOME'] ?? homedir();
  const usual =
    platform === 'darwin'
      ? join(home, 'Library/Preferences')
      : platform === 'win32'
        ? (env['APPDATA'] ?? home)
        : (env['XDG_CONFIG_HOME'] ?? join(home, '.config'));
  return env['HELM_REGISTRY_CONFIG'] ?? join(env['HELM_CONFIG_HOME'] ?? join(usual, 'helm'), 'registry/config.json');
}
