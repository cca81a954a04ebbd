import type { Config } from './config.ts';
import type { FieldPath, Scalar, Values } from './field.ts';
import { fields } from './fields.ts';
import { nest } from './nest.ts';

/** Settings of a run by path, as a journal holds them; null is a setting that was left unset, one that is not there was not known yet. */
export type Settings = Readonly<Record<string, Scalar | null>>;

/** Like the hash: what shapes nothing is left out, and so is where charts and Helm values of the user's own lie. */
const unsaid: ReadonlySet<FieldPath> = new Set([
  'tenant',
  'adopt',
  'cilium.chart',
  'cilium.values',
  'tetragon.chart',
  'tetragon.values',
] satisfies readonly FieldPath[]);

const shaping = fields.filter(({ path }) => !unsaid.has(path));

const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value);

export const settingAt = (config: Config, path: FieldPath): Scalar | undefined => {
  let at: unknown = config;
  for (const key of path.split('.'))
    at = typeof at === 'object' && at !== null ? Object.entries(at).find(([name]) => name === key)?.[1] : undefined;
  return isScalar(at) ? at : undefined;
};

/** Everything that shapes what is built; none of it is a secret. */
export const settingsOf = (config: Config): Settings =>
  Object.fromEntries(shaping.map(({ path }) => [path, settingAt(config, path) ?? null]));

/** The same config with other settings; a setting that they do not know stays as it is. */
export const withSettings = (config: Config, settings: Settings): Config => {
  const values: Values = Object.fromEntries(
    fields.flatMap(({ path }) => {
      const said = unsaid.has(path) ? undefined : settings[path];
      const value = said === undefined ? settingAt(config, path) : said;
      return value === undefined || value === null ? [] : [[path, value]];
    }),
  );
  return nest(values, { sparse: false }) as unknown as Config;
};

/** What a change of a setting means for what stands. */
export type ChangeEffect = 'in-place' | 'recreate' | 'beside';

export interface SettingChange {
  readonly setting: FieldPath;
  readonly before: Scalar | undefined;
  readonly after: Scalar | undefined;
  readonly effect: ChangeEffect;
}

/** What AKS and Log Analytics fix when a resource is made, and the resource that it is fixed for. */
export const fixedFor: Readonly<Partial<Record<FieldPath, readonly ('cluster' | 'workspace')[]>>> = {
  location: ['cluster'],
  'cluster.dnsPrefix': ['cluster'],
  'cluster.systemPool.vmSize': ['cluster'],
  'cluster.workloadPool.vmSize': ['cluster'],
  'cluster.podCidr': ['cluster'],
  'cluster.serviceCidr': ['cluster'],
  'cluster.dnsServiceIP': ['cluster'],
  'workspace.location': ['workspace'],
};

/** Another name is another thing: what has the old one stays as it is. */
const names: ReadonlySet<FieldPath> = new Set([
  'name',
  'subscription',
  'resourceGroup',
  'cluster.name',
  'workspace.name',
  'workspace.id',
] satisfies readonly FieldPath[]);

const effectOf = (path: FieldPath): ChangeEffect =>
  names.has(path) ? 'beside' : fixedFor[path] === undefined ? 'in-place' : 'recreate';

/** Azure's names know no case, and a GUID neither. */
const same = (path: FieldPath, one: Scalar | undefined, other: Scalar | undefined): boolean =>
  one === other || (names.has(path) && String(one).toLowerCase() === String(other).toLowerCase());

/** Setting by setting, in the order of the config. */
export const changesBetween = (before: Config, after: Config): readonly SettingChange[] =>
  shaping.flatMap(({ path }) => {
    const [was, is] = [settingAt(before, path), settingAt(after, path)];
    return same(path, was, is) ? [] : [{ setting: path, before: was, after: is, effect: effectOf(path) }];
  });
