import { command } from '../command.ts';

const serving = {
  port: { type: 'integer', value: 'N', help: 'first of four ports in a row', fallback: 'free ones' },
  charts: { type: 'text', value: 'DIR', help: 'folder with the real charts', fallback: 'stand-ins of ours' },
  fault: { type: 'list', value: 'NAME,…', help: 'faults that are there from the start' },
} as const;

export const sandboxStartCommand = command({
  name: 'sandbox start',
  summary: 'Starts the sandbox in the background, or finds the one that runs',
  examples: ['sandbox start', 'sandbox start --speed 600', 'sandbox start --charts ./charts -o json'],
  options: serving,
  config: 'none',
  reveals: true,
  run: async (context, options) => (await import('../run/sandbox.ts')).runSandboxStart(context, options),
  text: ({ arm, control, pid }) =>
    Promise.resolve(`The sandbox runs as process ${pid}: ARM at ${arm}, control at ${control}.`),
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
    ...serving,
    asAzure: {
      type: 'switch',
      help: "under the public cloud's host names on port 443, for where those lead to this machine",
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
