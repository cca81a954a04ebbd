import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { Problem } from '../errors/problem.ts';

interface Exec {
  readonly command?: string;
  readonly installHint?: string;
}

/** Adds TLS and credentials to a request; a program that is to fetch them and does not is told by its name. */
export const authorizing =
  (config: KubeConfig) =>
  async (options: RequestOptions): Promise<void> => {
    try {
      await config.applyToHTTPSOptions(options);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const user = config.getCurrentUser();
      const exec = user?.exec as Exec | null | undefined;
      const who = `the kubeconfig's user ${user?.name ?? ''}`;
      throw exec?.command === undefined ? unusable(who, error) : pluginProblem(who, exec.command, exec, error);
    }
  };

const pluginProblem = (who: string, command: string, { installHint }: Exec, error: Error): Problem => {
  const missing = 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES');
  if (missing) {
    return new Problem(
      `${capital(who)} signs in with the program ${command}, which cannot be started (${String(error.code)}).`,
      {
        kind: 'sign-in',
        code: 'credential-plugin-missing',
        hint:
          installHint?.trim() || `Install ${command} and put it on PATH, or name a kubeconfig that does not need it.`,
      },
    );
  }
  // What it prints can hold a token only where it succeeded; what it prints on stderr is meant for people.
  const said = error instanceof SyntaxError ? 'it printed no credential' : lastLine(error.message);
  return new Problem(`${command} could not sign ${who} in: ${said}`, {
    kind: 'sign-in',
    code: 'credential-plugin-failed',
    hint: `Run kubectl with the same kubeconfig to see what ${command} asks for.`,
    cause: error instanceof SyntaxError ? undefined : error,
  });
};

const unusable = (who: string, error: Error): Problem =>
  new Problem(`The credentials of ${who} cannot be used: ${error.message}`, {
    kind: 'sign-in',
    code: 'kubeconfig-credentials',
    hint: 'Get a new kubeconfig.',
  });

const lastLine = (text: string): string => {
  const line = text.trim().split('\n').at(-1)?.trim() ?? '';
  return line === '' ? 'it said nothing' : line.slice(0, 300);
};

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
