import type { ChangedSetting } from '../engine/events.ts';

const effects: Readonly<Record<ChangedSetting['effect'], string>> = {
  'in-place': 'changes in place',
  recreate: 'fixed when the resource is made',
  beside: 'makes another one; the former stays until `down` with the former config',
};

const valueText = (value: ChangedSetting['before']): string => (value === null ? 'unset' : String(value));

/** `cluster.workloadPool.count: 2 -> 3`. */
export const changeText = ({ setting, before, after }: ChangedSetting): string =>
  `${setting}: ${valueText(before)} -> ${valueText(after)}`;

/** A line for the whole, then one a setting: what it was, what it is, what that means. */
export const configChangeLines = (change: {
  readonly known: boolean;
  readonly settings: readonly ChangedSetting[];
}): readonly string[] =>
  change.known
    ? [
        'The config changed since the last run:',
        ...change.settings.map((each) => `  ${changeText(each)} (${effects[each.effect]})`),
      ]
    : [
        'The config is not the one that made what stands; which settings changed is not known on this machine. `plan` shows what differs.',
      ];
