import type { Rule } from './pack.ts';
import type { MatchCase, Recording, RuleTests, Source } from './rule-tests.ts';
import { changed } from './rule-tests.ts';
import {
  type Containers,
  type JsonObject,
  type LogShape,
  type SampleRow,
  containerLogRows,
  eventTime,
} from './samples.ts';

/** Runs a rule's query over rows, the pack's functions being known, as of an instant (ISO 8601); each result row by column name. */
export type RunQuery = (
  query: string,
  tables: Readonly<Record<string, readonly SampleRow[]>>,
  now: string,
) => readonly Readonly<Record<string, unknown>>[];

export interface CaseResult {
  readonly rule: string;
  readonly kind: 'match' | 'quiet' | 'benign';
  readonly scenario: string;
  /** What the rule did that the test forbids; undefined where it passed. */
  readonly failure: string | undefined;
}

export interface Samples {
  readonly recordings: readonly Recording[];
  readonly containers: Containers;
}

/** Runs one rule over its own cases and over every benign recording, with log lines in one shape. */
export function runRuleTests(
  rule: Rule,
  tests: RuleTests,
  samples: Samples,
  shape: LogShape,
  run: RunQuery,
): CaseResult[] {
  const alerts = (source: Source): readonly Readonly<Record<string, unknown>>[] => {
    const { tables, now } = sampleTables(source, samples, shape);
    return run(rule.query, tables, now);
  };
  const label = (source: Source): string =>
    `${source.scenario ?? 'tables'}${source.change === undefined ? '' : ' (changed)'}`;
  const result = (kind: CaseResult['kind'], source: Source, failure: string | undefined): CaseResult => ({
    rule: rule.slug,
    kind,
    scenario: label(source),
    failure,
  });
  const benign = samples.recordings
    .filter(({ kind, scenario }) => kind === 'benign' && !tests.allow.some((allowed) => allowed.scenario === scenario))
    .map(({ scenario }) => result('benign', { scenario }, none(alerts({ scenario }))));
  return [
    ...tests.match.map((each) => result('match', each, mismatch(each, alerts(each)))),
    ...tests.quiet.map((each) => result('quiet', each, none(alerts(each)))),
    // An exception that no longer fires is no exception: it would hide the next one.
    ...tests.allow.map((each) =>
      result('benign', each, alerts(each).length > 0 ? undefined : 'is excepted but does not fire'),
    ),
    ...benign,
  ];
}

/** Rows of a case and when its rule runs. @throws Error for a recording or an event that is not there, and for tables alone without `now`. */
export function sampleTables(
  source: Source,
  { recordings, containers }: Samples,
  shape: LogShape,
): { readonly tables: Readonly<Record<string, readonly SampleRow[]>>; readonly now: string } {
  const events = eventsOf(source, recordings);
  const { ContainerLogV2: more = [], ...others } = source.tables ?? {};
  const times = events.map(eventTime).filter((time) => time !== undefined);
  if (source.now === undefined && times.length === 0)
    throw new Error('A case without a recording must say when it runs (now).');
  return {
    tables: {
      KubePodInventory: [],
      ...others,
      ContainerLogV2: [...containerLogRows(events, containers, shape), ...more],
    },
    now: source.now ?? new Date(Math.max(...times) + 2 * 60_000).toISOString(),
  };
}

function eventsOf({ scenario, change = [] }: Source, recordings: readonly Recording[]): readonly JsonObject[] {
  if (scenario === undefined) return [];
  const recording = recordings.find((each) => each.scenario === scenario);
  if (recording === undefined) throw new Error(`There is no recording ${scenario}.`);
  const wrong = change.find(({ event }) => event >= recording.events.length);
  if (wrong !== undefined) throw new Error(`The recording ${scenario} has no event ${wrong.event}.`);
  return recording.events.map((event, index) =>
    change.filter((each) => each.event === index).reduce((result, { set }) => changed(result, set), event),
  );
}

function mismatch({ alerts, rows }: MatchCase, seen: readonly Readonly<Record<string, unknown>>[]): string | undefined {
  if (seen.length !== alerts) return `gives ${seen.length} alerts instead of ${alerts}${shown(seen)}`;
  const left = [...seen];
  for (const row of rows) {
    const index = left.findIndex((candidate) =>
      Object.entries(row).every(([column, value]) => same(value, candidate[column])),
    );
    if (index < 0) return `gives no row with ${JSON.stringify(row)}${shown(seen)}`;
    left.splice(index, 1);
  }
  return undefined;
}

function none(seen: readonly Readonly<Record<string, unknown>>[]): string | undefined {
  return seen.length === 0 ? undefined : `fires${shown(seen)}`;
}

// Longs and decimals may come as bigint or text: what a person would read is what counts.
const same = (wanted: unknown, seen: unknown): boolean => wanted === seen || String(wanted) === String(seen);

const shown = (rows: readonly Readonly<Record<string, unknown>>[]): string =>
  rows
    .map(
      (row) =>
        `\n    ${Object.entries(row)
          .map(([key, value]) => `${key}=${String(value)}`)
          .join(' ')
          .slice(0, 600)}`,
    )
    .join('');
