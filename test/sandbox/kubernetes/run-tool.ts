import { execFile } from 'node:child_process';
import { join } from 'node:path';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a real client against a kubeconfig, with folders of its own so that nothing of the user's is read or written. */
export const runTool = (binary: string, kubeconfig: string, args: readonly string[], input?: string): Promise<Ran> =>
  new Promise((resolve) => {
    const home = join(kubeconfig, '..', 'home');
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      KUBECONFIG: kubeconfig,
      HELM_CACHE_HOME: join(home, 'cache'),
      HELM_CONFIG_HOME: join(home, 'config'),
      HELM_DATA_HOME: join(home, 'data'),
    };
    const child = execFile(binary, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
    child.stdin?.end(input ?? '');
  });
