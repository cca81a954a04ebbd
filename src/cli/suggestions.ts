import type { Globals } from './globals.ts';
import { program } from './help.ts';

const after: Readonly<Record<string, readonly string[]>> = {
  init: ['status', 'tetragon status', 'kubeconfig --file ./kubeconfig'],
  down: ['init'],
};

/** Flags that the next command needs to find the same deployment. */
export const sameDeployment = ({ config, sandbox, sandboxDir, cloud, profile, stateDir }: Globals): string =>
  [
    ...(config === undefined ? [] : [` --config ${config}`]),
    ...(sandbox === true ? [' --sandbox'] : []),
    ...(sandboxDir === undefined ? [] : [` --sandbox-dir ${sandboxDir}`]),
    ...(cloud === undefined ? [] : [` --cloud ${cloud}`]),
    ...(profile === undefined ? [] : [` --profile ${profile}`]),
    ...(stateDir === undefined ? [] : [` --state-dir ${stateDir}`]),
  ].join('');

/** What is worth typing after a command that went well. */
export const suggestionsFor = (command: string, globals: Globals): readonly string[] =>
  (after[command] ?? []).map((next) => `${program} ${next}${sameDeployment(globals)}`);
