import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TRACING_POLICY_SCHEMA } from '../../../src/sandbox/kubernetes/nodes/tetragon/schema.ts';
import { skipped } from '../../support/skipped.ts';

const shared = process.env['AKS_EBPF_SENTINEL_SHARED'] ?? resolve(import.meta.dirname, '../../../../shared');
const published = resolve(shared, 'data/tetragon/tetragon-1.7.0.tracingpolicies.v1alpha1.openapi.json');
const missing = !existsSync(published);
if (missing) skipped('tracing-policy-schema', `the schema of Tetragon 1.7.0 is not at ${published}`);

/** Without prose, and with what has no order in one order. */
const bare = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(bare);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema)
    .filter(([key, value]) => key !== 'description' || typeof value !== 'string')
    .map(([key, value]): [string, unknown] => [
      key,
      (key === 'required' || key === 'enum') && Array.isArray(value) ? value.map(String).sort() : bare(value),
    ]);
  return Object.fromEntries(entries);
};

describe.skipIf(missing)('the schema of tracing policies', () => {
  test("is the chart's own: keys, types, enums, limits and the defaults that an API server writes into what it stores", () => {
    expect(bare(TRACING_POLICY_SCHEMA)).toEqual(bare(JSON.parse(readFileSync(published, 'utf8'))));
  });
});
