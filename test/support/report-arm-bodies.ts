import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { schemaless } from './arm-schemas-accepted.ts';
import { knownSchemas, schemaFolder } from './arm-schemas.ts';
import { skipped } from './skipped.ts';

/** Says at the end of a run how many bodies were judged, and which could not be, for want of a schema. */
export function setup(project: TestProject): (() => void) | undefined {
  if (schemaFolder === undefined) {
    skipped(
      'arm-schemas',
      'neither AKS_EBPF_SENTINEL_SHARED nor ../shared holds data/arm, Microsoft’s request schemas',
    );
    project.provide('judgedBodies', '');
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'aks-ebpf-sentinel-judged-'));
  const file = join(folder, 'judged.ndjson');
  writeFileSync(file, '');
  project.provide('judgedBodies', file);
  return () => {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    const keys = lines.flatMap((line) => JSON.parse(line) as string[]);
    rmSync(folder, { recursive: true, force: true });
    if (keys.length > 0) process.stderr.write(`${summary(keys).join('\n')}\n`);
  };
}

const summary = (keys: readonly string[]): readonly string[] => {
  const known = new Set(knownSchemas);
  const spokenFor = (key: string): boolean => known.has(key) || schemaless[key]?.nearest !== undefined;
  const judged = keys.filter(spokenFor);
  const rest = [...new Set(keys)].filter((key) => !known.has(key)).sort();
  return [
    `Microsoft's schemas judged ${judged.length} of ${keys.length} request bodies, of ${new Set(judged).size} types and api-versions.`,
    ...rest.map((key) => `  no schema for ${key}: ${told(key)}`),
  ];
};

const told = (key: string): string => {
  const { nearest, reason = 'NEW' } = schemaless[key] ?? {};
  return nearest === undefined ? reason : `${reason}; judged by ${nearest}`;
};
