/** Raised where an older version would read a record wrongly. 2: `run.started` holds the settings of the run, and `removed` is new. */
export const journalVersion = 2;

type SettingValue = string | number | boolean | null;

/** Operation tokens, step times and the settings of runs, and nothing else of substance: no secrets, no resource bodies. */
export type JournalEntry =
  | {
      readonly type: 'run.started';
      readonly tool: string;
      /** Hash of the config. */
      readonly config: string;
      /** By path; null is unset. Version 1 has none. */
      readonly settings?: Readonly<Record<string, SettingValue>>;
    }
  | { readonly type: 'step.token'; readonly step: string; readonly token: string }
  | { readonly type: 'step.done'; readonly step: string; readonly ms: number; readonly changed: boolean }
  | { readonly type: 'step.failed'; readonly step: string; readonly code: string }
  | { readonly type: 'run.ended'; readonly outcome: string }
  /** Everything that the deployment made is gone. */
  | { readonly type: 'removed' };

type Fields = Readonly<Record<string, unknown>>;

const isSetting = (value: unknown): value is SettingValue =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const settingsOf = (value: unknown): { readonly settings?: Readonly<Record<string, SettingValue>> } => {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).filter((entry): entry is [string, SettingValue] => isSetting(entry[1]));
  return { settings: Object.fromEntries(entries) };
};

/** Undefined for a record that a newer version of the same format wrote, or that somebody edited. */
const entryOf = (fields: Fields): JournalEntry | undefined => {
  const { type, step, token, ms, changed, code, tool, config, outcome, settings } = fields;
  if (type === 'run.started' && typeof tool === 'string' && typeof config === 'string')
    return { type, tool, config, ...settingsOf(settings) };
  if (type === 'run.ended' && typeof outcome === 'string') return { type, outcome };
  if (type === 'removed') return { type };
  if (typeof step !== 'string') return undefined;
  if (type === 'step.token' && typeof token === 'string') return { type, step, token };
  if (type === 'step.failed' && typeof code === 'string') return { type, step, code };
  if (type === 'step.done' && typeof ms === 'number' && typeof changed === 'boolean')
    return { type, step, ms, changed };
  return undefined;
};

/** Undefined for a line that is no record at all. */
export const parseRecord = (
  line: string,
): { readonly v: number; readonly entry: JournalEntry | undefined } | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const fields: Fields = { ...value };
    const { v, type } = fields;
    return typeof v === 'number' && typeof type === 'string' ? { v, entry: entryOf(fields) } : undefined;
  } catch {
    return undefined;
  }
};
