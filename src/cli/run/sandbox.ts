import { join } from 'node:path';
import { Problem } from '../../errors/problem.ts';
import type { Published } from '../../sandbox/published.ts';
import type { CommandResult } from '../command.ts';
import type { Context } from '../context.ts';
import type { Globals } from '../globals.ts';
import type { Io } from '../io.ts';
import { readOptions } from '../parse.ts';
import { placesOf, type Places } from '../places.ts';
import { calledBy } from '../program.ts';
import { servingOptions } from '../serving-options.ts';
import { attachOf, chartsOf, checkServing, faultsOf, type StartSandboxOptions } from './sandbox-options.ts';
import { watched } from './watched.ts';

export interface StartPlace {
  readonly globals: Globals;
  readonly io: Io;
  readonly places: Places;
  /** A line of conversation, where there is one. */
  readonly say: (line: string) => void;
}

const variablePrefix = 'AKS_EBPF_SENTINEL_';

/** The process that we start gets its orders as flags; variables meant for us would tell it other things. */
const withoutOurVariables = (env: Io['env']): Io['env'] =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith(variablePrefix)));

const ignoredCluster = async (published: Published, options: StartSandboxOptions, io: Io): Promise<string[]> => {
  const request = attachOf(options, io);
  if (request === undefined) return [];
  const { accessFrom } = await import('../../sandbox/attached/attachment.ts');
  const { context, server } = accessFrom(request);
  if (published.cluster?.context === context && published.cluster.server === server) return [];
  const has = published.cluster === undefined ? 'an imitated cluster' : `context ${published.cluster.context}`;
  return [`--kubeconfig ${options.kubeconfig ?? ''} (it has ${has})`];
};

/** What a sandbox that runs already was told when it started stays as it is: whoever asks for something else is told so. */
const ignoredBy = async (
  published: Published,
  globals: Globals,
  options: StartSandboxOptions,
  io: Io,
): Promise<string[]> => {
  const { sandboxSpeed } = await import('../../sandbox/start.ts');
  const speed = globals.speed === undefined ? undefined : await sandboxSpeed(published);
  return [
    ...(speed === undefined || speed === globals.speed ? [] : [`--speed ${globals.speed} (it runs at ${speed})`]),
    ...(options.port === undefined || published.arm.endsWith(`:${options.port}`) ? [] : [`--port ${options.port}`]),
    ...(options.charts === undefined ? [] : [`--charts ${options.charts}`]),
    ...(await ignoredCluster(published, options, io)),
  ];
};

const start = async ({ globals, io, places, say }: StartPlace, options: StartSandboxOptions): Promise<Published> => {
  const { addFaults, sandboxStatus, startSandbox } = await import('../../sandbox/start.ts');
  const dir = places.sandboxDir;
  const running = await sandboxStatus(dir);
  if (running !== undefined) {
    const ignored = await ignoredBy(running, globals, options, io);
    if (ignored.length > 0) {
      say(
        `A sandbox runs in ${dir} already: ${ignored.join(' and ')} ${ignored.length === 1 ? 'is' : 'are'} ignored. To change it, stop it first:\n  ${calledBy(io.env)} sandbox stop${globals.sandboxDir === undefined ? '' : ` --sandbox-dir ${globals.sandboxDir}`}`,
      );
    }
    await addFaults(running, await faultsOf(options));
    return running;
  }
  const starting = startSandbox({
    dir,
    execPath: io.execPath,
    entry: [join(io.packageRoot, 'bin', 'aks-ebpf-sentinel.js')],
    port: options.port,
    speed: globals.speed,
    charts: chartsOf(options, io),
    attach: attachOf(options, io),
    faults: await faultsOf(options),
    env: withoutOurVariables(io.env),
    signal: io.signal,
  });
  return watched('Starting the sandbox', io, globals, starting).catch((error: unknown) => {
    io.signal.throwIfAborted();
    throw new Problem(error instanceof Error ? error.message : String(error), {
      kind: 'failed',
      code: 'sandbox-start',
      hint:
        options.kubeconfig === undefined
          ? 'Try another folder with --sandbox-dir, or see what `aks-ebpf-sentinel sandbox serve` says.'
          : `\`${calledBy(io.env)} sandbox start --help\` lists the flags for a cluster of your own; AKS_EBPF_SENTINEL_KUBECONFIG, AKS_EBPF_SENTINEL_ALLOW_REMOTE_CLUSTER and the like say the same to other commands. Without a kubeconfig the cluster is imitated.`,
      cause: error,
    });
  });
};

/** Finds or starts the sandbox; answers the path of its cloud profile. */
export const ensureSandbox = async (place: StartPlace): Promise<string> => {
  // A variable that `sandbox start` would heed is not lost where another command is the one that starts it.
  const options = readOptions(servingOptions, {}, place.io.env);
  await checkServing(options, place.io);
  const { sandboxStatus } = await import('../../sandbox/start.ts');
  const { kubeconfig, kubernetesService, allowRemoteCluster } = options;
  const running = (await sandboxStatus(place.places.sandboxDir)) !== undefined;
  await start(place, running ? { kubeconfig, kubernetesService, allowRemoteCluster } : options);
  return join(place.places.sandboxDir, 'profile.json');
};

export const runSandboxStart = async (
  { globals, io, say }: Context,
  options: StartSandboxOptions,
): Promise<CommandResult<Published>> => {
  await checkServing(options, io);
  return { result: await start({ globals, io, places: placesOf(globals, io), say }, options), exitCode: 0 };
};

export interface SandboxState {
  readonly running: boolean;
  readonly dir: string;
  readonly pid?: number;
  readonly arm?: string;
  readonly control?: string;
}

export const runSandboxStatus = async ({ globals, io }: Context): Promise<CommandResult<SandboxState>> => {
  const { sandboxStatus } = await import('../../sandbox/start.ts');
  const { sandboxDir: dir } = placesOf(globals, io);
  const published = await sandboxStatus(dir);
  if (published === undefined) return { result: { running: false, dir }, exitCode: 1 };
  const { pid, arm, control } = published;
  return { result: { running: true, dir, pid, arm, control }, exitCode: 0 };
};

export const runSandboxStop = async ({
  globals,
  io,
  signal,
}: Context): Promise<CommandResult<{ readonly stopped: boolean; readonly dir: string }>> => {
  const { stopSandbox } = await import('../../sandbox/start.ts');
  const { sandboxDir: dir } = placesOf(globals, io);
  return { result: { stopped: await stopSandbox(dir, signal), dir }, exitCode: 0 };
};

export const runSandboxReset = async ({
  globals,
  io,
}: Context): Promise<CommandResult<{ readonly reset: boolean; readonly dir: string }>> => {
  const { resetSandbox } = await import('../../sandbox/start.ts');
  const { sandboxDir: dir } = placesOf(globals, io);
  if (await resetSandbox(dir)) return { result: { reset: true, dir }, exitCode: 0 };
  throw new Problem(`No sandbox runs in ${dir}.`, {
    kind: 'failed',
    code: 'sandbox-not-running',
    hint: 'Start it with `aks-ebpf-sentinel sandbox start`.',
  });
};
