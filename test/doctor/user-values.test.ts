import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { preflight } from '../../src/doctor/preflight.ts';
import { scratch } from '../support/scratch.ts';
import { world } from '../support/world.ts';

// Against the stand-in charts, which have a schema and templates of their own; test/cluster has the real ones.

const signal = new AbortController().signal;

/** What is said of a values file of this text, before anything is made. */
const said = async (text: string | undefined, chart = 'cilium') => {
  const file = join(scratch(), 'mine.yaml');
  if (text !== undefined) writeFileSync(file, text);
  const lab = await world({ [`${chart}-values`]: file });
  const warnings: string[] = [];
  const error: unknown = await preflight(
    lab.services,
    (code, message) => void warnings.push(`${code} ${message}`),
    signal,
  ).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, warnings, file };
};

test('values that the chart reads pass without a word', async () => {
  expect(await said('hubble: {ui: {enabled: false}}')).toMatchObject({ error: undefined, warnings: [] });
  expect(await said('')).toMatchObject({ error: undefined, warnings: [] });
});

test('a misspelt key is named with the one that is meant', async () => {
  const { error, file } = await said('hubble: {rellay: {enabled: true}}\nkubeProxyReplacment: true');
  expect(error).toMatchObject({
    kind: 'usage',
    message: expect.stringContaining(`${file} has 2 keys that the chart cilium`),
    hint: 'Correct the spelling: helm would take it, and nothing would change.',
  });
  expect((error as Error).message).toContain('hubble.rellay (did you mean hubble.relay?)');
  expect((error as Error).message).toContain('kubeProxyReplacment (did you mean kubeProxyReplacement?)');
});

test('a key that resembles none is only worth a warning', async () => {
  const { error, warnings, file } = await said('somethingElse: 1', 'tetragon');
  expect(error).toBeUndefined();
  expect(warnings).toEqual([expect.stringMatching(/^values-unknown somethingElse in .* does not read$/)]);
  expect(warnings[0]).toContain(file);
});

test('what the templates of the chart refuse is said of the file, before there is a cluster', async () => {
  const { error, file } = await said('hubble: {relay: {enabled: false}}');
  expect(error).toMatchObject({
    kind: 'usage',
    message: expect.stringContaining('hubble.ui.enabled needs hubble.enabled and hubble.relay.enabled'),
    hint: `Correct the named value in ${file}.`,
  });
});

test.each([
  ['that does not exist', undefined, /does not exist/],
  ['that is a list', '- a', /must be a mapping/],
  ['that is no YAML', 'a: 1\nb: [', /no valid YAML in line 2/],
])('a values file %s is refused', async (_what, text, words) => {
  expect((await said(text)).error).toMatchObject({ kind: 'usage', message: expect.stringMatching(words) });
});

test('a values file that does not exist is told with what to give in its place', async () => {
  expect((await said(undefined)).error).toMatchObject({ hint: expect.stringMatching(/path of a YAML file/) });
});
