import type { Config } from './config.ts';
import type { FieldPath } from './field.ts';
import { changesBetween, fixedFor, withSettings, type SettingChange, type Settings } from './settings.ts';

/** A run of before, as the journal has it. Journals of version 1 know the hash alone. */
export interface FormerRun {
  /** The whole hash of its config. */
  readonly config: string;
  readonly settings?: Settings | undefined;
}

/** What stands of this deployment, under the names that the config gives it now. */
export interface Standing {
  /** What the config tag says, a beginning of the hash: undefined where nothing of ours has one. */
  readonly tag: string | undefined;
  readonly cluster: boolean;
  readonly workspace: boolean;
}

export interface ConfigChange {
  /** Whether the settings of before are known; else `settings` is empty. */
  readonly known: boolean;
  readonly settings: readonly SettingChange[];
  /** Those of them that nothing but making a resource anew would bring about. */
  readonly impossible: readonly SettingChange[];
}

export interface Compared {
  /** Undefined where the config is the one that made what stands, or nothing stands. */
  readonly change: ConfigChange | undefined;
  /** It was agreed to already, by a run that did not come to its end. */
  readonly agreedBefore: boolean;
  /** Configs that what stands may have been made by, newest first; none is the present one. */
  readonly former: readonly Config[];
}

/**
 * Whether the config changed since what stands was made. The tag in Azure says THAT, from any machine; the journal, or `guess`, says what.
 * `runs` are those since the deployment was last removed, oldest first; `guess` finds the config of a tag where no journal holds it.
 */
export const compareConfig = (
  { config, hash }: { readonly config: Config; readonly hash: string },
  runs: readonly FormerRun[],
  standing: Standing,
  guess: (tag: string) => Config | undefined,
): Compared => {
  const { tag } = standing;
  const known = (run: FormerRun | undefined): Config | undefined =>
    run?.settings === undefined ? undefined : withSettings(config, run.settings);
  const guessed =
    tag === undefined ||
    hash.startsWith(tag) ||
    runs.some((run) => run.config.startsWith(tag) && run.settings !== undefined)
      ? undefined
      : guess(tag);
  const former = [...runs.toReversed().map(known), guessed].filter(
    (each) => each !== undefined && changesBetween(each, config).length > 0,
  ) as readonly Config[];
  const nothing: Compared = { change: undefined, agreedBefore: false, former };

  if (tag === undefined) {
    // Nothing stands under these names. Under others something may.
    const others = runs.map(known).filter((each) => each !== undefined);
    const last = others.at(-1);
    if (last === undefined || others.some((each) => besides(each, config).length === 0)) return nothing;
    return { ...nothing, change: { known: true, settings: changesBetween(last, config), impossible: [] } };
  }
  if (hash.startsWith(tag)) return nothing;
  if (runs.at(-1)?.config === hash && runs.some((run) => run.config.startsWith(tag)))
    return { ...nothing, agreedBefore: true };
  const before = known(runs.findLast((run) => run.config.startsWith(tag))) ?? guessed;
  if (before === undefined) return { ...nothing, change: { known: false, settings: [], impossible: [] } };
  const settings = changesBetween(before, config);
  // A later version may count other things into its hash.
  if (settings.length === 0) return nothing;
  return {
    ...nothing,
    change: { known: true, settings, impossible: settings.filter((each) => isFixed(each.setting, standing)) },
  };
};

const besides = (before: Config, after: Config): readonly SettingChange[] =>
  changesBetween(before, after).filter(({ effect }) => effect === 'beside');

const isFixed = (setting: FieldPath, standing: Standing): boolean =>
  (fixedFor[setting] ?? []).some((resource) => standing[resource]);
