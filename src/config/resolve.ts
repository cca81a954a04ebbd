import type { CloudProfile } from './cloud-profile.ts';
import type { Config } from './config.ts';
import { environmentName, type Field, type FieldPath, type Scalar, type Values } from './field.ts';
import { fields } from './fields.ts';
import { nest } from './nest.ts';
import { readValue, refusal, type Source } from './read-value.ts';
import { checkTogether } from './together.ts';

export interface ResolveInput {
  /** By flag name without dashes. */
  readonly flags: Readonly<Record<string, Scalar | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By path, as read from the file. */
  readonly file: Values;
  readonly fileName: string;
  /** Given in the wizard, by path. */
  readonly answers?: Values;
  readonly profile: CloudProfile;
}

export type Sources = Readonly<Partial<Record<FieldPath, Source>>>;

export type Resolution =
  | { readonly kind: 'config'; readonly config: Config; readonly values: Values; readonly sources: Sources }
  | { readonly kind: 'missing'; readonly missing: readonly Field[]; readonly values: Values; readonly sources: Sources }
  /** Every sentence names a value, its accepted form and the fix. */
  | { readonly kind: 'invalid'; readonly sentences: readonly string[] };

interface Found {
  readonly raw: Scalar;
  readonly source: Source;
  readonly where: string;
}

/** An empty variable counts as absent: that is how pipelines hand over a parameter that nobody filled in. */
const given = (text: string | undefined): string | undefined => (text === undefined || text === '' ? undefined : text);

const find = (field: Field, input: ResolveInput): Found | undefined => {
  const candidates = [
    { raw: input.flags[field.flag], source: 'flag', where: `--${field.flag}` },
    { raw: given(input.env[environmentName(field.flag)]), source: 'environment', where: environmentName(field.flag) },
    { raw: input.answers?.[field.path], source: 'answer', where: `--${field.flag}` },
    { raw: input.file[field.path], source: 'file', where: `${field.path} in ${input.fileName}` },
  ] as const;
  for (const { raw, source, where } of candidates) if (raw !== undefined) return { raw, source, where };
  return undefined;
};

const fromProfile = (field: Field, profile: CloudProfile): boolean => {
  if (field.path === 'subscription') return profile.subscriptionId !== undefined;
  if (field.path === 'location') return profile.location !== undefined;
  if (field.path === 'tenant') return profile.tenantId !== undefined;
  if (field.path.startsWith('cilium.')) return profile.charts.cilium !== undefined;
  return field.path.startsWith('tetragon.') && profile.charts.tetragon !== undefined;
};

/** Precedence: flag, environment, answer, file, profile, default. Nothing is asked, nothing is read, nothing is written. */
export const resolveConfig = (input: ResolveInput): Resolution => {
  const values: Partial<Record<FieldPath, Scalar>> = {};
  const sources: Partial<Record<FieldPath, Source>> = {};
  const sentences: string[] = [];
  const missing: Field[] = [];
  for (const field of fields) {
    const found = find(field, input);
    const raw = found?.raw ?? field.fallback?.of(values, input.profile);
    if (raw === undefined) {
      if (field.required === true) missing.push(field);
      continue;
    }
    const reading = readValue(field, raw);
    if (reading.ok) {
      values[field.path] = reading.value;
      sources[field.path] = found?.source ?? (fromProfile(field, input.profile) ? 'profile' : 'default');
    } else {
      sentences.push(refusal(field, found?.where ?? `--${field.flag} (derived)`, raw, reading.reason));
    }
  }
  if (sentences.length > 0) return { kind: 'invalid', sentences };
  const config = nest(values, { sparse: false }) as unknown as Config;
  const clashes = checkTogether(config);
  if (clashes.length > 0) return { kind: 'invalid', sentences: clashes };
  return missing.length > 0
    ? { kind: 'missing', missing, values, sources }
    : { kind: 'config', config, values, sources };
};
