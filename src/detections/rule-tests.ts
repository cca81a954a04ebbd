import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Containers, Json, JsonObject } from './samples.ts';

/** What one rule must and must not do, from `kql/tests/<slug>.yaml`. Every benign recording is a case of every rule beside these. */
export interface RuleTests {
  readonly slug: string;
  /** Cases with the number of alerts that they must give. */
  readonly match: readonly MatchCase[];
  /** Attacks or changed recordings that must give none: another rule's business, or an evasion that the rule's description admits. */
  readonly quiet: readonly QuietCase[];
  /** Benign recordings that fire by the rule's very definition. */
  readonly allow: readonly { readonly scenario: string; readonly reason: string }[];
}

export interface Source {
  /** Name of a recording. */
  readonly scenario?: string | undefined;
  /** Events of the recording to change, by index, each with values by path (`process_exec.process.arguments`). */
  readonly change?: readonly { readonly event: number; readonly set: Readonly<Record<string, Json>> }[] | undefined;
  /** Rows of tables beside the recording or instead of it. */
  readonly tables?: Readonly<Record<string, readonly JsonObject[]>> | undefined;
  /** When the rule runs (ISO 8601); by default two minutes after the last event. */
  readonly now?: string | undefined;
}

export interface MatchCase extends Source {
  readonly alerts: number;
  /** Columns that some row must have, each row's own. */
  readonly rows: readonly Readonly<Record<string, Json>>[];
}

export interface QuietCase extends Source {
  readonly reason: string;
}

/** A recording: its events, and whether it is an attack. */
export interface Recording {
  readonly scenario: string;
  readonly kind: 'attack' | 'benign';
  /** What was done, in words. */
  readonly what: string;
  readonly events: readonly JsonObject[];
}

const folder = 'kql/tests';

/** Reads the tests of every rule. @throws Error that names the file for one that does not have the form above. */
export async function loadRuleTests(root: string): Promise<readonly RuleTests[]> {
  const [{ z: zod }, { parse }] = await Promise.all([import('zod'), import('yaml')]);
  const names = (await readdir(join(root, folder))).filter(
    (name) => name.endsWith('.yaml') && name !== 'containers.yaml',
  );
  const schema = testsSchema(zod);
  return Promise.all(
    names.sort().map(async (name) => {
      const parsed = schema.safeParse(parse(await readFile(join(root, folder, name), 'utf8')));
      if (!parsed.success) throw new Error(`${folder}/${name}: ${zod.prettifyError(parsed.error)}`);
      return { slug: name.slice(0, -'.yaml'.length), ...parsed.data };
    }),
  );
}

/** Reads the recordings that ship with the pack, by the order of their index. */
export async function loadRecordings(root: string): Promise<readonly Recording[]> {
  const base = join(root, folder, 'recordings');
  const lines = (await readFile(join(base, 'index.tsv'), 'utf8')).trim().split('\n').slice(1);
  return Promise.all(
    lines.map(async (line) => {
      const [scenario = '', kind, what = ''] = line.split('\t');
      const text = await readFile(join(base, `${scenario}.ndjson`), 'utf8');
      const events = text
        .trim()
        .split('\n')
        .map((event) => JSON.parse(event) as JsonObject);
      return { scenario, kind: kind === 'benign' ? 'benign' : 'attack', what, events };
    }),
  );
}

/** Reads the pods of the recorded containers. */
export async function loadContainers(root: string): Promise<Containers> {
  const { parse } = await import('yaml');
  return parse(await readFile(join(root, folder, 'containers.yaml'), 'utf8')) as Containers;
}

/** An event with values changed by path; array indexes are numbers between dots. */
export function changed(event: JsonObject, set: Readonly<Record<string, Json>>): JsonObject {
  const copy = structuredClone(event) as Record<string, Json>;
  for (const [path, value] of Object.entries(set)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let target: Record<string, Json> = copy;
    for (const key of keys) target = (target[key] ??= {}) as Record<string, Json>;
    target[last] = value;
  }
  return copy;
}

function testsSchema(zod: typeof z) {
  const rows = zod.array(zod.record(zod.string(), zod.json()));
  const source = {
    scenario: zod.string().optional(),
    change: zod
      .array(zod.strictObject({ event: zod.int().min(0), set: zod.record(zod.string(), zod.json()) }))
      .optional(),
    tables: zod.record(zod.string(), rows).optional(),
    now: zod.iso.datetime().optional(),
  };
  const reason = zod.string().min(1);
  return zod.strictObject({
    match: zod.array(zod.strictObject({ ...source, alerts: zod.int().min(1), rows: rows.default([]) })).min(1),
    quiet: zod.array(zod.strictObject({ ...source, reason })).default([]),
    allow: zod.array(zod.strictObject({ scenario: zod.string(), reason })).default([]),
  });
}
