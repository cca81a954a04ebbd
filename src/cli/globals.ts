import { AUTH_KINDS } from '../config/auth-kinds.ts';
import type { Scalar } from '../config/field.ts';
import { cloudNames } from '../config/clouds.ts';
import type { OptionSpecs, OptionValues } from './option.ts';

/** Accepted by every command, before and after its name. */
export const globalOptions = {
  config: { type: 'text', value: 'FILE', help: 'config file', fallback: './aks-ebpf-sentinel.yaml' },
  sandbox: { type: 'switch', help: 'use an imitated Azure and Kubernetes on this machine; starts it where needed' },
  sandboxDir: { type: 'text', value: 'DIR', help: 'where the sandbox keeps its state' },
  speed: { type: 'number', value: 'N', help: 'how much faster than Azure the sandbox is', fallback: '60' },
  cloud: { type: 'choice', choices: cloudNames, value: 'NAME', help: 'Azure cloud', fallback: 'public' },
  profile: { type: 'text', value: 'FILE', help: 'cloud profile (JSON) of a private cloud' },
  auth: {
    type: 'choice',
    choices: AUTH_KINDS,
    value: 'KIND',
    help: 'how to sign in to Azure',
    fallback: 'the first that the environment has everything for; it is named',
  },
  stateDir: {
    type: 'text',
    value: 'DIR',
    help: 'journal, lock and logs',
    fallback: '.aks-ebpf-sentinel beside the config file',
  },
  output: {
    type: 'choice',
    choices: ['text', 'json', 'ndjson'],
    short: 'o',
    value: 'FORMAT',
    help: 'text for people; json: one document at the end; ndjson: an event a line',
    fallback: 'text',
  },
  yes: { type: 'switch', short: 'y', help: 'ask nothing' },
  color: { type: 'switch', help: 'colours even where there is no terminal; --no-color: never' },
  plain: { type: 'switch', help: 'no repainting and no symbols, for screen readers and logs' },
  verbose: { type: 'switch', help: 'show the details of an error' },
} as const satisfies OptionSpecs;

export type Globals = OptionValues<typeof globalOptions> & {
  /** Flags of the config as they were written, by flag name: a command that we suggest has to name them again. */
  readonly given?: Readonly<Record<string, Scalar | undefined>>;
};
