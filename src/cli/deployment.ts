import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { CloudProfile } from '../config/cloud-profile.ts';
import type { ChartConfig, Config } from '../config/config.ts';
import { clouds } from '../config/clouds.ts';
import { environmentName, type Scalar, type Values } from '../config/field.ts';
import { invalidProblem, missingProblem } from '../config/missing.ts';
import type { Source } from '../config/read-value.ts';
import { resolveConfig, type ResolveInput } from '../config/resolve.ts';
import type { Resolved } from './context.ts';
import { usage } from './usage.ts';

/** Where the config comes from; `required` when the user named the file and so expects it to be there. */
export interface ConfigFile {
  readonly path: string;
  readonly required: boolean;
}

export const readConfigFile = async ({ path, required }: ConfigFile): Promise<Values> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' && !required) return {};
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${String(code)})`;
    throw usage(
      `The config file ${path} ${why}.`,
      'Give another one with --config, or run `aks-ebpf-sentinel init` to make one.',
    );
  }
  const { parseConfigFile } = await import('../config/file.ts');
  return parseConfigFile(text, basename(path));
};

interface Found {
  readonly cwd: string;
  readonly file: ConfigFile;
}

/** A path in the config file is relative to that file, as everywhere; on the command line and in the environment to where one is. */
const absolute = (path: string, source: Source | undefined, { cwd, file }: Found): string =>
  resolve(source === 'file' ? dirname(file.path) : cwd, path);

const withPaths = ({ config, sources }: Resolved, found: Found): Config => {
  const chart = (name: 'cilium' | 'tetragon'): ChartConfig => {
    const { values } = config[name];
    return {
      ...config[name],
      values: values === undefined ? undefined : absolute(values, sources[`${name}.values`], found),
    };
  };
  return { ...config, cilium: chart('cilium'), tetragon: chart('tetragon') };
};

/** Asks for what is missing; answers all answers, by path. */
export type Ask = (input: ResolveInput) => Promise<Values>;

interface Given extends Found {
  readonly flags: Readonly<Record<string, Scalar | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const inputOf = async ({ flags, env, file }: Given): Promise<Omit<ResolveInput, 'profile'>> => ({
  flags,
  env,
  file: await readConfigFile(file),
  fileName: basename(file.path),
});

const namedBy = (name: 'cilium' | 'tetragon', source: Source | undefined, fileName: string): string => {
  const flag = `${name}-values`;
  if (source === 'file') return `${name}.values in ${fileName}`;
  return source === 'environment' ? environmentName(flag) : `--${flag}`;
};

/**
 * What is wrong whatever cloud is meant, before one is signed in to and before a sandbox is started: values, what they name together,
 * and with `valuesFiles` the user's own Helm values. A profile adds names to these answers and makes none of them right.
 * @throws Problem `usage`
 */
export const checkAnswers = async (given: Given, { valuesFiles }: { readonly valuesFiles: boolean }): Promise<void> => {
  const input = await inputOf(given);
  const [profile] = clouds;
  const resolution = resolveConfig({ ...input, profile });
  if (resolution.kind === 'invalid') throw invalidProblem(resolution.sentences);
  if (!valuesFiles) return;
  const { values, sources } = resolution;
  const { readUserValues } = await import('../helm/user-values.ts');
  for (const name of ['cilium', 'tetragon'] as const) {
    const [path, source] = [values[`${name}.values`], sources[`${name}.values`]];
    if (path !== undefined)
      await readUserValues(absolute(String(path), source, given), namedBy(name, source, input.fileName));
  }
};

/** The complete config, or a Problem that says what is wrong or missing, before anything was created. */
export const resolveDeployment = async (
  source: Given & { readonly profile: CloudProfile },
  ask: Ask | undefined,
): Promise<Resolved> => {
  const input = { ...(await inputOf(source)), profile: source.profile };
  const first = resolveConfig(input);
  if (first.kind === 'invalid') throw invalidProblem(first.sentences);
  const resolution = ask === undefined ? first : resolveConfig({ ...input, answers: await ask(input) });
  switch (resolution.kind) {
    case 'config':
      return { config: withPaths(resolution, source), sources: resolution.sources };
    case 'missing':
      throw missingProblem(resolution.missing);
    case 'invalid':
      throw invalidProblem(resolution.sentences);
    default:
      return resolution satisfies never;
  }
};
