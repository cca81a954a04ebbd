import { compareConfig, type Compared, type ConfigChange } from '../../config/config-change.ts';
import type { Config } from '../../config/config.ts';
import type { SettingChange } from '../../config/settings.ts';
import { configHash } from '../../config/hash.ts';
import type { ChangedSetting } from '../../engine/events.ts';
import type { JournalState } from '../../engine/journal-state.ts';
import { type Pace, untilPassed } from '../../engine/retry.ts';
import type { Observed } from '../../engine/step.ts';
import { Problem } from '../../errors/problem.ts';
import { changeText, configChangeLines } from '../../render/config-change.ts';
import { configOfTag, recordConfig, type Stands, whatStands } from '../../steps/config-tag.ts';
import type { Services } from '../../steps/services.ts';
import type { Context } from '../context.ts';

type Looking = {
  readonly services: Services;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly journal: Pick<JournalState, 'runs'>;
};

/** A few tries: what Azure cannot be asked now, the step that needs it will say. */
const tries = 4;
const unseen: Stands = {
  tag: undefined,
  cluster: false,
  workspace: false,
  seen: { cluster: undefined, workspace: undefined },
};

/** Looks at what stands and holds the config against the one that made it. Changes nothing. */
export const lookForChange = async (
  context: Context,
  { services, pace, signal, journal }: Looking,
): Promise<Compared> => {
  const { config, configHash: hash } = services;
  const stands = await untilPassed(() => whatStands(services, signal), {
    pace,
    clock: context.io.clock,
    signal,
    tries,
    progress: () => {},
  }).catch((error: unknown) => {
    // Who may not look now is told by the step that has to: what differs is asked about there, too.
    if (!(error instanceof Problem) || error.kind === 'interrupted') throw error;
    return unseen;
  });
  return compareConfig({ config, hash }, journal.runs, stands, (tag) => configOfTag(config, stands, tag));
};

/** Tells the other machines that the config was brought about whole; they would ask about it for ever. */
export const writeDown = async (context: Context, { services, pace, signal }: Looking): Promise<void> => {
  const trying = { pace, clock: context.io.clock, signal, tries, progress: () => {} };
  try {
    await untilPassed(() => recordConfig(services, signal), trying);
  } catch (error) {
    // What was built is built.
    if (!(error instanceof Problem)) return;
    context.emit({
      type: 'warning',
      code: 'config-unrecorded',
      message: `The data collection rule could not be told which config made what stands, so that another machine will ask for --accept-changes: ${error.message}`,
    });
  }
};

const shown = ({ setting, before, after, effect }: SettingChange): ChangedSetting => ({
  setting,
  before: before ?? null,
  after: after ?? null,
  effect,
});

/** As events and documents have it. */
export const shownChange = ({
  known,
  settings,
}: ConfigChange): { readonly known: boolean; readonly settings: readonly ChangedSetting[] } => ({
  known,
  settings: settings.map(shown),
});

/**
 * Shows a changed config and asks. Returns what later counts as a change of the config's own, and no drift: undefined where nothing was
 * agreed to. @throws Problem `drift` where nobody agreed
 */
export const agreeToChange = async (
  context: Context,
  acceptChanges: boolean,
  { change, agreedBefore, former }: Compared,
): Promise<readonly Config[]> => {
  if (change === undefined) return acceptChanges || agreedBefore ? former : [];
  const { known, settings } = shownChange(change);
  context.emit({ type: 'config.changed', known, settings });
  for (const line of configChangeLines({ known, settings })) context.say(line);
  if (change.impossible.length > 0) throw unchangeable(change.impossible.map(shown));
  if (!acceptChanges) {
    const agreed = context.interactive && (await context.confirm('Go on with the changed config?'));
    if (!agreed) throw changed(known, settings);
  }
  return former;
};

/**
 * Whether a step's drift is the config's own change: what is found is just what a former config asked for. Anything else is somebody's doing,
 * and no consent to a change of the config covers it.
 */
export const isExplained = async (
  former: readonly Config[],
  probeWith: (services: Partial<Services>) => Promise<Observed<unknown>>,
): Promise<boolean> => {
  for (const config of former) {
    try {
      if ((await probeWith({ config, configHash: configHash(config) })).state === 'ready') return true;
    } catch (error) {
      // Under that config the step would have stopped: then it did not make what is found.
      if (!(error instanceof Problem) || error.kind === 'interrupted') throw error;
    }
  }
  return false;
};

const changed = (known: boolean, settings: readonly ChangedSetting[]): Problem =>
  new Problem(
    known
      ? `The config changed since the last run: ${settings.map(changeText).join('; ')}`
      : 'The config is not the one that made what stands',
    {
      kind: 'drift',
      code: 'config-changed',
      hint: 'Run again with --accept-changes to go on with it, or set it back; `plan` shows what differs.',
    },
  );

const unchangeable = (settings: readonly ChangedSetting[]): Problem =>
  new Problem(
    `Azure fixes ${settings.length === 1 ? 'this' : 'these'} when the resource is made: ${settings.map(changeText).join('; ')}`,
    {
      kind: 'drift',
      code: 'config-unchangeable',
      hint: 'Set it back, take another --name for a second deployment, or remove this one with `down` (with the former config) and run `init` again.',
    },
  );
