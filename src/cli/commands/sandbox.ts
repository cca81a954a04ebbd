import { command } from '../command.ts';
import { servingOptions } from '../serving-options.ts';

interface RealCluster {
  readonly context: string;
  readonly server: string;
  readonly kubernetesVersion: string;
  readonly nodes: number;
}

const realCluster = ({ context, server, kubernetesVersion, nodes }: RealCluster): string =>
  `The cluster is a real one: context ${context} at ${server}, Kubernetes ${kubernetesVersion}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}. What is installed goes there.`;

export const sandboxStartCommand = command({
  name: 'sandbox start',
  summary: 'Starts the sandbox in the background, or finds the one that runs',
  details: [
    'With --kubeconfig only Azure is imitated: Cilium and Tetragon are installed into the real cluster that the file names, and its pods’ logs go to the workspace. The folder keeps that cluster from then on.',
  ],
  examples: [
    'sandbox start',
    'sandbox start --speed 600',
    'sandbox start --charts ./charts -o json',
    'sandbox start --kubeconfig ./kind.kubeconfig --sandbox-dir ./kind-lab',
  ],
  options: servingOptions,
  config: 'none',
  reveals: true,
  run: async (context, options) => (await import('../run/sandbox.ts')).runSandboxStart(context, options),
  text: ({ arm, control, pid, cluster }) =>
    Promise.resolve(
      `The sandbox runs as process ${pid}: ARM at ${arm}, control at ${control}.${cluster === undefined ? '' : `\n${realCluster(cluster)}`}`,
    ),
});

export const sandboxStopCommand = command({
  name: 'sandbox stop',
  summary: 'Stops the sandbox; its state stays on disk',
  examples: ['sandbox stop'],
  options: {},
  config: 'none',
  run: async (context) => (await import('../run/sandbox.ts')).runSandboxStop(context),
  text: ({ stopped, dir }) => Promise.resolve(stopped ? 'The sandbox is stopped.' : `No sandbox runs in ${dir}.`),
});

export const sandboxStatusCommand = command({
  name: 'sandbox status',
  summary: 'Does the sandbox run, and where? Exit 1 when it does not',
  examples: ['sandbox status', 'sandbox status -o json'],
  options: {},
  config: 'none',
  run: async (context) => (await import('../run/sandbox.ts')).runSandboxStatus(context),
  text: ({ running, dir, pid, arm }) =>
    Promise.resolve(
      running
        ? `The sandbox in ${dir} runs as process ${String(pid)}: ARM at ${String(arm)}.`
        : `No sandbox runs in ${dir}.`,
    ),
});

export const sandboxResetCommand = command({
  name: 'sandbox reset',
  summary: 'Empties the imitated subscription and the request log',
  examples: ['sandbox reset'],
  options: {},
  config: 'none',
  run: async (context) => (await import('../run/sandbox.ts')).runSandboxReset(context),
  text: ({ dir }) => Promise.resolve(`The sandbox in ${dir} is empty again.`),
});

export const sandboxServeCommand = command({
  name: 'sandbox serve',
  summary: 'Runs the sandbox in the foreground',
  examples: ['sandbox serve', 'sandbox serve --speed 1 --port 9443'],
  options: {
    ...servingOptions,
    asAzure: {
      type: 'switch',
      help: "under the public cloud's host names on port 443, for where those lead to this machine",
    },
    managedIdentity: {
      type: 'switch',
      help: 'gives this machine a managed identity without a role, and a metadata service for it',
    },
    idle: {
      type: 'duration',
      value: 'DURATION',
      help: 'end after so long without a request; 0s: never',
      fallback: '30m',
    },
  },
  config: 'none',
  run: async (context, options) => (await import('../run/sandbox-serve.ts')).runSandboxServe(context, options),
  text: ({ served }) => Promise.resolve(`The sandbox in ${served} has ended; its state is kept.`),
});
