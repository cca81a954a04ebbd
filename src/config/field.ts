import type { CloudProfile } from './cloud-profile.ts';
import type { Config } from './config.ts';

type Leaf = string | number | boolean | undefined;

/** Dotted paths of every value in the config, for example `cluster.systemPool.count`. */
export type FieldPath = Paths<Config>;
type Paths<T> = { [K in keyof T & string]: T[K] extends Leaf ? K : `${K}.${Paths<T[K]>}` }[keyof T & string];

export type Scalar = string | number | boolean;

/** What is known so far, by path; fields are resolved in the order of the table, so a default may use those above it. */
export type Values = Readonly<Partial<Record<FieldPath, Scalar>>>;

export type FieldGroup = 'deployment' | 'cluster' | 'network' | 'workspace' | 'charts' | 'features';

export interface Fallback {
  /** For help and docs: `rg-<name>`. */
  readonly words: string;
  readonly of: (known: Values, profile: CloudProfile) => Scalar | undefined;
}

export interface Question {
  /** Plain words, no flag names. */
  readonly text: string;
  readonly hint?: string;
}

/** One value of the config, once: flags, environment, file, wizard, JSON Schema, help and docs are all made from this. */
export interface Field {
  readonly path: FieldPath;
  /** Without dashes; the environment name is derived from it. */
  readonly flag: string;
  readonly kind: 'text' | 'integer' | 'switch' | 'choice';
  readonly choices?: readonly string[];
  readonly group: FieldGroup;
  readonly help: string;
  /** The accepted form, to be read after "it must be". */
  readonly form: string;
  readonly example: Scalar;
  /** Told apart by these: shown in the help of every command that looks for an existing deployment. */
  readonly identifies?: true;
  /** Without a value nothing can be done. A field that is neither required nor has a fallback is simply unset. */
  readonly required?: true;
  readonly fallback?: Fallback;
  readonly question?: Question;
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Whatever a pattern cannot say; answers the reason why a value is wrong. */
  readonly check?: (value: Scalar) => string | undefined;
}

export const environmentName = (flag: string): string => `AKS_EBPF_SENTINEL_${flag.replaceAll('-', '_').toUpperCase()}`;
