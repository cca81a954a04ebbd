import type { Command } from './command.ts';
import { cancelCommand } from './commands/cancel.ts';
import { ciliumStatusCommand } from './commands/cilium-status.ts';
import { configSchemaCommand, configShowCommand } from './commands/config.ts';
import { downCommand } from './commands/down.ts';
import { initCommand } from './commands/init.ts';
import { kubeconfigCommand } from './commands/kubeconfig.ts';
import { planCommand } from './commands/plan.ts';
import {
  sandboxResetCommand,
  sandboxServeCommand,
  sandboxStartCommand,
  sandboxStatusCommand,
  sandboxStopCommand,
} from './commands/sandbox.ts';
import { statusCommand } from './commands/status.ts';
import { tetragonStatusCommand } from './commands/tetragon-status.ts';

/** Every command, in the order of the help. */
export const catalogue: readonly Command[] = [
  initCommand,
  planCommand,
  statusCommand,
  ciliumStatusCommand,
  tetragonStatusCommand,
  cancelCommand,
  downCommand,
  kubeconfigCommand,
  configShowCommand,
  configSchemaCommand,
  sandboxStartCommand,
  sandboxStatusCommand,
  sandboxStopCommand,
  sandboxResetCommand,
  sandboxServeCommand,
];

/** What stands over the commands of a group. */
export const groups: Readonly<Record<string, string>> = {
  cilium: 'The eBPF dataplane',
  tetragon: 'Runtime security',
  config: 'The config file',
  sandbox: 'An imitated Azure and Kubernetes on this machine',
};
