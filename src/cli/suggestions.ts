import type { Globals } from './globals.ts';

const after: Readonly<Record<string, readonly string[]>> = {
  init: ['status', 'tetragon status', 'kubeconfig --file ./kubeconfig'],
  down: ['init'],
};

/** Fit to be pasted into a POSIX shell. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

const flag = (name: string, value: string | number | boolean): string => {
  if (typeof value === 'boolean') return value ? ` --${name}` : ` --no-${name}`;
  return ` --${name} ${quoted(String(value))}`;
};

/** Flags that the next command needs to find the same deployment: those that were given to this one. */
export const sameDeployment = (globals: Globals): string => {
  const { config, sandbox, sandboxDir, cloud, profile, auth, stateDir, given = {} } = globals;
  const named = { config, sandbox, 'sandbox-dir': sandboxDir, cloud, profile, auth, 'state-dir': stateDir, ...given };
  return Object.entries(named)
    .map(([name, value]) => (value === undefined ? '' : flag(name, value)))
    .join('');
};

/** What is worth typing after a command that went well. */
export const suggestionsFor = (program: string, command: string, globals: Globals): readonly string[] =>
  (after[command] ?? []).map((next) => `${program} ${next}${sameDeployment(globals)}`);
