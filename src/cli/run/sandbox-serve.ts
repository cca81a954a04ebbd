import { Problem } from '../../errors/problem.ts';
import type { CommandResult } from '../command.ts';
import type { Context } from '../context.ts';
import { placesOf } from '../places.ts';
import { attachOf, chartsOf, checkServing, faultsOf, type StartSandboxOptions } from './sandbox-options.ts';

export interface ServeSandboxOptions extends StartSandboxOptions {
  readonly idle?: number | undefined;
  readonly asAzure?: boolean | undefined;
  readonly managedIdentity?: boolean | undefined;
}

const defaultSpeed = 60;

/** Runs the sandbox in this process until it is stopped or nobody has asked it anything for long. */
export const runSandboxServe = async (
  { globals, io, signal, say }: Context,
  options: ServeSandboxOptions,
): Promise<CommandResult<{ readonly served: string }>> => {
  const { sandboxDir: dir } = placesOf(globals, io);
  const [{ serve }, { wallClock }, { SandboxLocked }, { CannotServe }] = await Promise.all([
    import('../../sandbox/serve.ts'),
    import('../../sandbox/clock.ts'),
    import('../../sandbox/lock.ts'),
    import('../../sandbox/cannot-serve.ts'),
  ]);
  await checkServing(options, io);
  try {
    const served = await serve({
      dir,
      clock: wallClock(globals.speed ?? defaultSpeed),
      signal,
      port: options.port,
      asAzure: options.asAzure === true,
      managedIdentity: options.managedIdentity === true,
      charts: chartsOf(options, io),
      attach: attachOf(options, io),
      faults: await faultsOf(options),
      ...(options.idle !== undefined && { idleMs: options.idle }),
    });
    say(`Sandbox in ${dir}: ARM at ${served.published.arm}, control at ${served.published.control}. Ctrl-C ends it.`);
    if (served.published.metadata !== undefined)
      say(`Managed identity of this machine: AZURE_POD_IDENTITY_AUTHORITY_HOST=${served.published.metadata}`);
    await served.closed;
    return { result: { served: dir }, exitCode: 0 };
  } catch (error) {
    if (error instanceof CannotServe)
      throw new Problem(error.message, { kind: 'failed', code: 'sandbox-cannot-serve', cause: error });
    if (!(error instanceof SandboxLocked)) throw error;
    throw new Problem(error.message, { kind: 'locked', code: 'sandbox-locked', cause: error });
  }
};
