import { join } from 'node:path';
import { closest } from '../../config/suggest.ts';
import { Problem } from '../../errors/problem.ts';
import { pageOf } from '../../render/page.ts';
import type { Published } from '../../sandbox/published.ts';
import type { CommandResult } from '../command.ts';
import type { Context } from '../context.ts';
import type { Globals } from '../globals.ts';
import type { Io } from '../io.ts';
import { placesOf, type Places } from '../places.ts';
import { usage } from '../usage.ts';

export interface StartSandboxOptions {
  readonly port?: number | undefined;
  readonly charts?: string | undefined;
  readonly fault?: readonly string[] | undefined;
}

const variablePrefix = 'AKS_EBPF_SENTINEL_';

/** The process that we start gets its orders as flags; variables meant for us would tell it other things. */
const withoutOurVariables = (env: Io['env']): Io['env'] =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith(variablePrefix)));

/** One wait needs no block of steps, only a sign of life; where nobody watches it is silent. */
const watched = async <T>(text: string, io: Io, globals: Globals, work: Promise<T>): Promise<T> => {
  const { isTTY, columns } = io.stderr;
  const page = pageOf({
    env: io.env,
    platform: io.platform,
    isTTY: isTTY === true,
    columns,
    color: globals.color,
    plain: globals.plain === true,
  });
  if (!page.live || (globals.output ?? 'text') !== 'text') return work;
  const { oraPromise } = await import('ora');
  // The spinner must not swallow Ctrl-C nor hold the terminal's input: the signal belongs to the bin.
  return oraPromise(work, { text, stream: io.stderr as NodeJS.WriteStream, discardStdin: false });
};

const start = async (globals: Globals, io: Io, places: Places, options: StartSandboxOptions): Promise<Published> => {
  const { sandboxStatus, startSandbox } = await import('../../sandbox/start.ts');
  const dir = places.sandboxDir;
  const running = await sandboxStatus(dir);
  if (running !== undefined) return running;
  const starting = startSandbox({
    dir,
    execPath: io.execPath,
    entry: [join(io.packageRoot, 'bin', 'aks-ebpf-sentinel.js')],
    port: options.port,
    speed: globals.speed,
    charts: options.charts,
    faults: options.fault ?? [],
    env: withoutOurVariables(io.env),
    signal: io.signal,
  });
  return watched('Starting the sandbox', io, globals, starting).catch((error: unknown) => {
    io.signal.throwIfAborted();
    throw new Problem(error instanceof Error ? error.message : String(error), {
      kind: 'failed',
      code: 'sandbox-start',
      hint: 'Try another folder with --sandbox-dir, or see what `aks-ebpf-sentinel sandbox serve` says.',
      cause: error,
    });
  });
};

export const refuseUnknownFaults = async (names: readonly string[] | undefined): Promise<void> => {
  if (names === undefined) return;
  const { faultNames, isFaultName } = await import('../../sandbox/faults.ts');
  const unknown = names.find((name) => !isFaultName(name));
  if (unknown === undefined) return;
  const near = closest(unknown, faultNames);
  throw usage(
    `--fault ${unknown} is not known${near === undefined ? '' : `; did you mean ${near}?`}`,
    `Faults: ${faultNames.join(', ')}.`,
  );
};

/** Finds or starts the sandbox; answers the path of its cloud profile. */
export const ensureSandbox = async (globals: Globals, io: Io, places: Places): Promise<string> => {
  await start(globals, io, places, {});
  return join(places.sandboxDir, 'profile.json');
};

export const runSandboxStart = async (
  { globals, io }: Context,
  options: StartSandboxOptions,
): Promise<CommandResult<Published>> => {
  await refuseUnknownFaults(options.fault);
  return { result: await start(globals, io, placesOf(globals, io), options), exitCode: 0 };
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
