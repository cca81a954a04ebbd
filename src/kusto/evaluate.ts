import { fromUnixMs } from './calendar.ts';
import { parseDatetime } from './datetime-text.ts';
import { type Binding, NO_SCOPE, nested } from './expr.ts';
import type { SavedFunction, Schemas } from './language.ts';
import { type Plan, planQuery } from './plan.ts';
import { type Plain, plainCell } from './plain.ts';
import { fromOutside } from './outside.ts';
import { KqlRefused, refuse } from './refused.ts';
import { makeSession } from './session.ts';
import { part } from './syntax.ts';
import { bindStatements } from './user-function.ts';
import { type Column, INGESTION_TIME, type KqlType, type Table, typeNamed, visible } from './values.ts';

export type InputRow = Readonly<Record<string, unknown>>;
export type Tables = Readonly<Record<string, readonly InputRow[]>>;
export type EvaluateOptions = {
  /** What now() says: ISO 8601, or a Date. */
  readonly now: string | Date;
  /** The types of the tables' columns; a table that is missing here does not exist. */
  readonly schemas: Schemas;
  readonly functions?: readonly SavedFunction[];
  /** Rows by watchlist alias; an unknown alias gives a watchlist without rows. */
  readonly watchlists?: Tables;
};
export type ResultColumn = { readonly name: string; readonly type: KqlType };
/** Cells in the columns' order. long: bigint; datetime and timespan: text; dynamic: plain JSON values (a long beyond 2^53 a bigint). */
export type Result = { readonly columns: readonly ResultColumn[]; readonly rows: readonly (readonly Plain[])[] };

/**
 * Runs a query over rows. `_IngestionTime` in a row is its ingestion_time(), by default its TimeGenerated. Throws KqlRefused for what KQL
 * forbids (`reason: 'invalid'`) and for what can not be answered exactly (`unsupported`).
 */
export function evaluate(query: string, tables: Tables, options: EvaluateOptions): Result {
  const plan = planQuery(query, options.schemas, options.functions ?? []);
  const fault = plan.analysis.diagnostics.find((diagnostic) => diagnostic.severity === 'Error');
  if (fault !== undefined)
    throw new KqlRefused(
      `${fault.code}: ${fault.message} (line ${fault.line}, column ${fault.column})`,
      fault.start,
      'invalid',
    );
  try {
    return plainResult(run(plan, tables, options));
  } catch (error) {
    if (error instanceof RangeError)
      throw new KqlRefused('the query is nested too deeply or its result is too large', -1);
    throw error;
  }
}

function run(plan: Plan, tables: Tables, options: EvaluateOptions): Table {
  const cache = new Map<string, Table>();
  const remember = (key: string, make: () => Table): Table => {
    const known = cache.get(key) ?? make();
    cache.set(key, known);
    return known;
  };
  const session = makeSession({
    now: momentOf(options.now),
    stored: (name) => {
      const schema = Object.hasOwn(options.schemas, name) ? options.schemas[name] : undefined;
      return schema === undefined
        ? undefined
        : remember(`table ${name}`, () =>
            storedTable(name, schema, Object.hasOwn(tables, name) ? (tables[name] ?? []) : []),
          );
    },
    saved: (name): Binding | undefined => {
      const declaration = plan.saved(name);
      return declaration === undefined ? undefined : { kind: 'function', declaration, env: nested(undefined) };
    },
    watchlist: (alias) => remember(`watchlist ${alias}`, () => watchlistTable(options.watchlists?.[alias] ?? [])),
  });
  const env = nested(undefined);
  const statements = plan.analysis.tree.parts['Statements']?.items ?? [];
  bindStatements(statements, env, { session, env, scope: NO_SCOPE });
  const [expression, another] = statements.flatMap((statement) =>
    statement.kind === 'ExpressionStatement' ? [part(statement, 'Expression')] : [],
  );
  if (expression === undefined) return refuse('the query has no tabular expression');
  if (another !== undefined) return refuse('a query with several results is not evaluated', another.start);
  return session.tabular(expression, env);
}

function momentOf(now: string | Date): bigint {
  if (now instanceof Date) return fromUnixMs(now.getTime());
  return parseDatetime(now) ?? refuse(`now must be an ISO 8601 time, not ${now}`);
}

function storedTable(name: string, schema: Readonly<Record<string, string>>, rows: readonly InputRow[]): Table {
  const columns: Column[] = Object.entries(schema).map(([column, type]) => ({ name: column, type: typeNamed(type) }));
  const hidden: Column = { name: INGESTION_TIME, type: 'datetime', hidden: true };
  return {
    name,
    columns: [...columns, hidden],
    rows: rows.map((row) => [
      ...columns.map((column) => fromOutside(row[column.name], column.type)),
      fromOutside(row['_IngestionTime'] ?? row['TimeGenerated'], 'datetime'),
    ]),
  };
}

const WATCHLIST: readonly Column[] = [
  { name: '_DTItemId', type: 'string' },
  { name: 'LastUpdatedTimeUTC', type: 'datetime' },
  { name: 'SearchKey', type: 'string' },
  { name: 'WatchlistItem', type: 'dynamic' },
];

// Every column of a watchlist's CSV is a string.
function watchlistTable(rows: readonly InputRow[]): Table {
  const fixed = new Set(WATCHLIST.map((column) => column.name));
  const own = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => !fixed.has(name));
  const columns: Column[] = [...WATCHLIST, ...own.map((name): Column => ({ name, type: 'string' }))];
  return { columns, rows: rows.map((row) => columns.map((column) => fromOutside(row[column.name], column.type))) };
}

function plainResult(table: Table): Result {
  const columns = visible(table.columns);
  const at = columns.map((column) => table.columns.indexOf(column));
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: table.rows.map((row) =>
      at.map((position, index) => plainCell(row[position] ?? null, columns[index]?.type ?? 'string')),
    ),
  };
}
