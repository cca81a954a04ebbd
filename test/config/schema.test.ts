import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { fields } from '../../src/config/fields.ts';
import { parseConfigFile } from '../../src/config/file.ts';
import { configSchema } from '../../src/config/schema.ts';

const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(configSchema());

const nested = (path: string, value: unknown): unknown =>
  path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);

test.each(fields.map((field) => [field.path, field] as const))('the schema takes the example of %s', (path, field) => {
  expect(validate(nested(path, field.example)), JSON.stringify(validate.errors)).toBe(true);
});

test('the schema and the file reader refuse the same unknown keys', async () => {
  for (const path of ['colour', 'cluster.colour', 'cluster.systemPool.colour']) {
    expect(validate(nested(path, 'red'))).toBe(false);
    await expect(parseConfigFile(JSON.stringify(nested(path, 'red')), 'a.yaml')).rejects.toThrow('colour');
  }
});

test('the schema knows types, ranges and choices', () => {
  expect(validate(nested('workspace.retentionDays', 29))).toBe(false);
  expect(validate(nested('cluster.tier', 'Gold'))).toBe(false);
  expect(validate(nested('demo.enabled', 'yes'))).toBe(false);
  expect(validate(nested('location', 'UK South'))).toBe(false);
});
