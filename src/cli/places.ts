import { dirname, isAbsolute, join, resolve } from 'node:path';
import { defaultFileName } from '../config/file-name.ts';
import type { Globals } from './globals.ts';
import type { Io } from './io.ts';

export interface Places {
  readonly configFile: string;
  readonly stateDir: string;
  readonly sandboxDir: string;
}

/** Absolute paths of what the run reads and writes. The sandbox's state is no part of ours: deleting a journal must not delete an Azure. */
export const placesOf = (globals: Globals, { cwd, env, home }: Io): Places => {
  const configFile = resolve(cwd, globals.config ?? defaultFileName);
  const xdg = env['XDG_STATE_HOME'];
  const stateHome = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'state');
  return {
    configFile,
    stateDir:
      globals.stateDir === undefined ? join(dirname(configFile), '.aks-ebpf-sentinel') : resolve(cwd, globals.stateDir),
    sandboxDir:
      globals.sandboxDir === undefined
        ? join(stateHome, 'aks-ebpf-sentinel', 'sandbox', 'default')
        : resolve(cwd, globals.sandboxDir),
  };
};
