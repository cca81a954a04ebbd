import { delimiter, join, resolve } from 'node:path';
import { Problem } from '../../errors/problem.ts';
import type { Kubernetes } from '../../kubernetes/kubernetes.ts';
import type { ChosenKubeconfig } from './choose-kubeconfig.ts';
import type { Context } from '../context.ts';
import { usage } from '../usage.ts';

export interface AnyCluster {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/** A cluster by a kubeconfig, as kubectl would choose it. Nobody is signed in, and nothing of a deployment is read. */
export const openAnyCluster = async (
  context: Context,
  options: AnyCluster & { readonly wait?: number | undefined },
): Promise<{ readonly kubernetes: Kubernetes; readonly pollMs: number }> => {
  alone(context, options);
  const [{ chooseKubeconfig }, { connect }] = await Promise.all([
    import('./choose-kubeconfig.ts'),
    import('../../kubernetes/connect.ts'),
  ]);
  const { cwd } = context.io;
  const chosen = await chooseKubeconfig({
    file: options.kubeconfig === undefined ? undefined : resolve(cwd, options.kubeconfig),
    context: options.context,
    usual: usualFiles(context.io),
  });
  const kubernetes = await connect(chosen.text);
  // Whoever waits asked for patience with a server that is not there yet, too.
  if (options.wait === undefined) await reach(kubernetes, chosen, context.signal);
  return { kubernetes, pollMs: (await context.profile()).pollIntervalMs };
};

/** Two answers to the question which cluster is meant are one too many. */
const alone = ({ globals }: Context, options: AnyCluster): void => {
  const here = options.kubeconfig === undefined ? '--context' : '--kubeconfig';
  const { sandbox, profile, cloud, given = {} } = globals;
  const other =
    sandbox === true
      ? 'sandbox'
      : profile !== undefined
        ? 'profile'
        : cloud !== undefined
          ? 'cloud'
          : Object.keys(given).find((flag) => given[flag] !== undefined);
  if (other !== undefined)
    throw usage(
      `${here} and --${other} name different clusters; give one of them.`,
      `With ${here} nothing is asked of Azure.`,
    );
};

const usualFiles = ({ env, home, cwd }: Context['io']): readonly string[] => {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return named.length > 0 ? named.map((path) => resolve(cwd, path)) : [join(home, '.kube', 'config')];
};

const reach = async (kubernetes: Kubernetes, chosen: ChosenKubeconfig, signal: AbortSignal): Promise<void> => {
  try {
    await kubernetes.version(signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Problem) || error.kind !== 'transient') throw error;
    throw noAnswer(chosen, error);
  }
};

const noAnswer = ({ context, server }: ChosenKubeconfig, problem: Problem): Problem => {
  const where = `${server} (context ${context})`;
  const why = problem.cause instanceof Error ? problem.cause.message : problem.message;
  // The words of OpenSSL and Node for a certificate that is not what the kubeconfig says.
  if (/CERT|SIGNATURE|ALTNAME|SELF_SIGNED/.test(problem.code)) {
    return new Problem(`The API server ${where} shows a certificate that the kubeconfig does not vouch for: ${why}.`, {
      kind: 'failed',
      code: 'api-server-certificate',
      hint: 'Get a new kubeconfig of this cluster; the certificate authority in this one is of another, or of an older one.',
      cause: problem,
    });
  }
  return new Problem(`The API server ${where} does not answer: ${why}.`, {
    kind: 'failed',
    code: 'api-server',
    hint: 'Check that the cluster is running and that this machine may reach it; --context names another cluster.',
    cause: problem,
  });
};
