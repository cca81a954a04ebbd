import { expect, test } from 'vitest';
import { clouds } from '../../src/config/clouds.ts';
import type { Config } from '../../src/config/config.ts';
import { fields } from '../../src/config/fields.ts';
import { configHash } from '../../src/config/hash.ts';
import { resolveConfig } from '../../src/config/resolve.ts';

const configWith = (flags: Readonly<Record<string, string | number | boolean>>): Config => {
  const [profile] = clouds;
  if (profile === undefined) throw new Error('no cloud');
  const must = { subscription: '22222222-2222-4222-8222-222222222222', location: 'northeurope' };
  const resolution = resolveConfig({ flags: { ...must, ...flags }, env: {}, file: {}, fileName: 'a.yaml', profile });
  if (resolution.kind !== 'config') throw new Error(JSON.stringify(resolution));
  return resolution.config;
};

const harmless = ['tenant', 'adopt', 'cilium-chart', 'tetragon-chart', 'cilium-values', 'tetragon-values'];
/** Only one digest of Tetragon is known, so its version has no other example. */
const same = ['tetragon-version'];

test('the order of keys does not matter', () => {
  const config = configWith({});
  expect(configHash(Object.fromEntries(Object.entries(config).reverse()) as unknown as Config)).toBe(
    configHash(config),
  );
});

test.each(fields.filter(({ flag }) => !same.includes(flag)).map((field) => [field.flag, field] as const))(
  '--%s changes the hash exactly when it changes what is built',
  (flag, field) => {
    const changed = configHash(configWith({ [flag]: field.example })) !== configHash(configWith({}));
    expect(changed).toBe(!harmless.includes(flag));
  },
);
