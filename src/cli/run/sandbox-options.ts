import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { closest } from '../../config/suggest.ts';
import type { Io } from '../io.ts';
import { usage } from '../usage.ts';

export interface StartSandboxOptions {
  readonly port?: number | undefined;
  readonly charts?: string | undefined;
  readonly fault?: readonly string[] | undefined;
}

const lastFirstPort = 65_535 - 3;

/** The sandbox has a folder of its own to work in: what the caller names is named in full. */
export const chartsOf = ({ charts }: StartSandboxOptions, { cwd }: Io): string | undefined =>
  charts === undefined ? undefined : resolve(cwd, charts);

const refuseUnknownFaults = async (names: readonly string[]): Promise<void> => {
  if (names.length === 0) return;
  const { faultNames, isFaultName } = await import('../../sandbox/faults.ts');
  const unknown = names.find((name) => !isFaultName(name));
  if (unknown === undefined) return;
  const near = closest(unknown, faultNames);
  throw usage(
    `--fault ${unknown} is not known${near === undefined ? '.' : `; did you mean ${near}?`}`,
    `Faults: ${faultNames.join(', ')}.`,
  );
};

/** Everything that is wrong without a sandbox, before one starts. @throws Problem `usage` */
export const checkServing = async (options: StartSandboxOptions, io: Io): Promise<void> => {
  const { port, charts, fault = [] } = options;
  if (port !== undefined && (port < 1 || port > lastFirstPort))
    throw usage(`--port is ${port}, but it must be from 1 to ${lastFirstPort}: the sandbox takes four ports in a row.`);
  const folder = chartsOf(options, io);
  if (folder !== undefined && !existsSync(folder))
    throw usage(
      `--charts ${charts ?? ''} does not exist; give a folder that holds cilium-VERSION.tgz and tetragon-VERSION.tgz.`,
    );
  await refuseUnknownFaults(fault);
};
