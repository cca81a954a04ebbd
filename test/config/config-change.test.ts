import { describe, expect, test } from 'vitest';
import { clouds } from '../../src/config/clouds.ts';
import type { Config } from '../../src/config/config.ts';
import { compareConfig, type FormerRun, type Standing } from '../../src/config/config-change.ts';
import type { Scalar } from '../../src/config/field.ts';
import { configHash } from '../../src/config/hash.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import { changesBetween, settingsOf, withSettings } from '../../src/config/settings.ts';

const [profile] = clouds;
const configWith = (flags: Readonly<Record<string, Scalar>> = {}): Config => {
  const given = { subscription: '11111111-1111-4111-8111-111111111111', location: 'uksouth', ...flags };
  const resolution = resolveConfig({ flags: given, env: {}, file: {}, fileName: 'none', profile });
  if (resolution.kind !== 'config') throw new Error(JSON.stringify(resolution));
  return resolution.config;
};

const one = configWith();
const three = configWith({ nodes: 3 });
const runOf = (config: Config): FormerRun => ({ config: configHash(config), settings: settingsOf(config) });
const oldRun = (config: Config): FormerRun => ({ config: configHash(config) });
const tagOf = (config: Config): string => configHash(config).slice(0, 16);
const standing = (tag: string | undefined): Standing => ({ tag, cluster: tag !== undefined, workspace: true });
const compare = (config: Config, runs: readonly FormerRun[], tag: string | undefined, guess?: Config) =>
  compareConfig({ config, hash: configHash(config) }, runs, standing(tag), () => guess);

describe('the settings of a run', () => {
  test('make the same config again, hash and all', () => {
    const odd = configWith({ nodes: 0, flows: true, 'kubernetes-version': '1.35', 'enforce-namespace': 'shop' });
    expect(configHash(withSettings(one, settingsOf(odd)))).toBe(configHash(odd));
    expect(configHash(withSettings(odd, settingsOf(one)))).toBe(configHash(one));
  });

  test('survive the journal as JSON, unset ones too', () => {
    const settings = JSON.parse(JSON.stringify(settingsOf(one))) as Record<string, Scalar | null>;
    const pinned = configWith({ 'kubernetes-version': '1.35' });
    expect(withSettings(pinned, settings).cluster.kubernetesVersion).toBeUndefined();
  });

  test('that an older version did not know are taken as they are now, and unknown ones are passed over', () => {
    const { 'logs.flows': _unknown, ...older } = settingsOf(one);
    const now = configWith({ flows: true });
    expect(changesBetween(withSettings(now, { ...older, 'moon.phase': 'full' }), now)).toEqual([]);
  });

  test('hold no path of a chart or of a values file', () => {
    expect(Object.keys(settingsOf(one)).filter((path) => /chart|values|tenant|adopt/.test(path))).toEqual([]);
  });
});

describe('a change', () => {
  test('is none where the tag is that of the config, whatever the journal says', () => {
    expect(compare(three, [runOf(one)], tagOf(three)).change).toBeUndefined();
    expect(compare(three, [], tagOf(three)).change).toBeUndefined();
  });

  test('is none where nothing stands: a first run that failed early is put right by another config', () => {
    expect(compare(three, [runOf(one)], undefined).change).toBeUndefined();
  });

  test('is told setting by setting where the journal knows the run that the tag names', () => {
    expect(compare(three, [runOf(one)], tagOf(one)).change).toEqual({
      known: true,
      settings: [{ setting: 'cluster.workloadPool.count', before: 2, after: 3, effect: 'in-place' }],
      impossible: [],
    });
  });

  test('is told as a change, and no more, where a journal of version 1 has the hash alone', () => {
    expect(compare(three, [oldRun(one)], tagOf(one)).change).toEqual({ known: false, settings: [], impossible: [] });
    expect(compare(three, [], tagOf(one)).change).toMatchObject({ known: false });
  });

  test('is told setting by setting without a journal where what stands gives the former config away', () => {
    expect(compare(three, [], tagOf(one), one)).toMatchObject({ change: { known: true }, former: [one] });
  });

  test('that was agreed to by a run that did not end is not asked for again', () => {
    expect(compare(three, [runOf(one), runOf(three)], tagOf(one))).toMatchObject({
      change: undefined,
      agreedBefore: true,
      former: [one],
    });
  });

  test('that another machine made is seen by one whose own last config is the present one', () => {
    expect(compare(one, [runOf(one)], tagOf(three), three)).toMatchObject({
      change: { known: true },
      agreedBefore: false,
    });
  });

  test('of what is fixed at the making is impossible only for what stands', () => {
    const other = configWith({ 'pod-cidr': '10.100.0.0/16' });
    const there = compare(other, [runOf(one)], tagOf(one)).change;
    expect(there?.impossible.map(({ setting }) => setting)).toEqual(['cluster.podCidr']);
    const unmade = { tag: tagOf(one), cluster: false, workspace: true };
    const not = compareConfig({ config: other, hash: configHash(other) }, [runOf(one)], unmade, () => undefined).change;
    expect(not).toMatchObject({ settings: [{ effect: 'recreate' }], impossible: [] });
  });

  test('of the name is asked for although nothing stands under it, and once only', () => {
    const other = configWith({ name: 'other' });
    const { change } = compare(other, [runOf(one)], undefined);
    expect(change?.settings.find(({ setting }) => setting === 'name')).toMatchObject({ effect: 'beside' });
    expect(compare(one, [runOf(one), runOf(other)], undefined).change).toBeUndefined();
  });

  test('of the case of a name is none', () => {
    expect(changesBetween(one, configWith({ 'resource-group': 'RG-EBPF-Sentinel' }))).toEqual([]);
  });
});
