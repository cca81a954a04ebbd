import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { CloudProfile } from '../config/cloud-profile.ts';
import type { ChartConfig, Config } from '../config/config.ts';
import type { Scalar, Values } from '../config/field.ts';
import { invalidProblem, missingProblem } from '../config/missing.ts';
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

/** A path in the config file is relative to that file, as everywhere; on the command line and in the environment to where one is. */
const withPaths = (
  { config, sources }: Resolved,
  { cwd, file }: { readonly cwd: string; readonly file: ConfigFile },
): Config => {
  const absolute = (chart: 'cilium' | 'tetragon'): ChartConfig => {
    const { values } = config[chart];
    const folder = sources[`${chart}.values`] === 'file' ? dirname(file.path) : cwd;
    return { ...config[chart], values: values === undefined ? undefined : resolve(folder, values) };
  };
  return { ...config, cilium: absolute('cilium'), tetragon: absolute('tetragon') };
};

/** Asks for what is missing; answers all answers, by path. */
export type Ask = (input: ResolveInput) => Promise<Values>;

/** The complete config, or a Problem that says what is wrong or missing, before anything was created. */
export const resolveDeployment = async (
  source: {
    readonly flags: Readonly<Record<string, Scalar | undefined>>;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly file: ConfigFile;
    readonly profile: CloudProfile;
    readonly cwd: string;
  },
  ask: Ask | undefined,
): Promise<Resolved> => {
  const { flags, env, profile } = source;
  const input = { flags, env, profile, file: await readConfigFile(source.file), fileName: basename(source.file.path) };
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
