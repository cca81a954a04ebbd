import type { Arm } from '../arm/context.ts';
import type { ResourceRecord } from '../arm/resources.ts';
import { watchlistRows } from '../arm/sentinel/watchlist-items.ts';
import { durations } from '../durations.ts';
import { arrayAt, numberAt, textAt } from '../json.ts';
import type { LogStore } from './log-store.ts';
import type { RunQuery } from './logs.ts';
import { columnsOf, latentTables, tableNames } from './table-columns.ts';

interface Surroundings {
  /** Table name to column name to type. */
  readonly schemas: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly functions: readonly { readonly name: string; readonly params: string; readonly body: string }[];
}

interface Workspaces {
  /** Runs a query over what a workspace holds. */
  readonly run: RunQuery;
  /** What the query service has against a query, in its words; undefined where it could be run. */
  readonly complaint: (workspace: ResourceRecord, query: string) => Promise<string | undefined>;
}

const insideOf = (workspace: ResourceRecord, arm: Arm): readonly ResourceRecord[] =>
  arm.resources.list(({ id }) => id.toLowerCase().startsWith(`${workspace.id.toLowerCase()}/`));

/** Kusto over the tables and saved functions of the sandbox's workspaces. */
export const createWorkspaceQueries = (arm: Arm, logs: LogStore): Workspaces => {
  const kept = new Map<string, { readonly signature: string; readonly surroundings: Surroundings }>();

  /** The same object as long as nothing changed: the evaluator keeps its own preparations by it. */
  const surroundingsOf = (workspace: ResourceRecord): Surroundings => {
    const made = surroundings(workspace);
    const signature = JSON.stringify(made);
    const before = kept.get(workspace.id);
    if (before?.signature === signature) return before.surroundings;
    kept.set(workspace.id, { signature, surroundings: made });
    return made;
  };

  const surroundings = (workspace: ResourceRecord): Surroundings => {
    const inside = insideOf(workspace, arm);
    const spread = arm.clock.now() - durations.nameKnownToQueries / arm.clock.speed;
    const configured = inside.filter(
      ({ type, internal }) => type.endsWith('/tables') && (numberAt(internal, 'madeAt') ?? Infinity) <= spread,
    );
    const received = logs.tables(textAt(workspace.properties, 'customerId') ?? '');
    const names = new Set([...tableNames, ...received, ...configured.map(({ name }) => name)]);
    for (const latent of latentTables) {
      if (!received.includes(latent) && !configured.some(({ name }) => name === latent)) names.delete(latent);
    }
    const schemas = [...names].map((name) => {
      const custom = arrayAt(configured.find((record) => record.name === name)?.properties, 'schema', 'columns');
      const columns =
        columnsOf(name) ??
        custom.map((column) => ({
          name: textAt(column, 'name') ?? '',
          type: (textAt(column, 'type') ?? 'string').toLowerCase(),
        }));
      return [
        name,
        Object.fromEntries(columns.map((column) => [column.name, column.type === 'boolean' ? 'bool' : column.type])),
      ] as const;
    });
    const functions = inside.flatMap(({ properties, createdAt }) => {
      const name = textAt(properties, 'functionAlias');
      const body = textAt(properties, 'query');
      return name === undefined || body === undefined || createdAt > spread
        ? []
        : [{ name, params: `(${textAt(properties, 'functionParameters') ?? ''})`, body }];
    });
    return { schemas: Object.fromEntries(schemas), functions };
  };

  return {
    async run({ workspace, resource }, query, timespan) {
      const [{ evaluate }, { KqlRefused }] = await Promise.all([
        import('../../kusto/evaluate.ts'),
        import('../../kusto/refused.ts'),
      ]);
      const { schemas, functions } = surroundingsOf(workspace);
      const customerId = textAt(workspace.properties, 'customerId') ?? '';
      const within = windowOf(timespan, arm.clock.now());
      const tables = Object.fromEntries(
        logs
          .tables(customerId)
          .map((table) => [
            table,
            logs
              .rows(customerId, table)
              .filter((row) => within(textAt(row, 'TimeGenerated')) && isOf(resource, textAt(row, '_ResourceId'))),
          ]),
      );
      try {
        const { columns, rows } = evaluate(query, tables, {
          now: new Date(arm.clock.now()),
          schemas,
          functions,
          watchlists: watchlistRows(workspace, arm),
        });
        return {
          kind: 'rows',
          columns,
          rows: rows.map((row) => row.map((cell, index) => wire(cell, columns[index]?.type))),
        };
      } catch (error) {
        if (!(error instanceof KqlRefused)) throw error;
        return {
          kind: 'refused',
          code: error.reason === 'invalid' ? 'SemanticError' : 'UnsupportedBySandbox',
          message: error.message,
        };
      }
    },
    async complaint(workspace, query) {
      const [{ planQuery }, { KqlRefused }] = await Promise.all([
        import('../../kusto/plan.ts'),
        import('../../kusto/refused.ts'),
      ]);
      const { schemas, functions } = surroundingsOf(workspace);
      try {
        // The service runs the bodies of functions, so what is wrong in them is wrong with the query; each is only analysed once.
        const texts = [query, ...calledBy(query, functions).map(bodyAlone)];
        const fault = texts
          .flatMap((text) => planQuery(text, schemas, functions).analysis.diagnostics)
          .find(({ severity }) => severity === 'Error');
        return fault === undefined ? undefined : worded(fault.code, fault.message);
      } catch (error) {
        if (error instanceof KqlRefused) return error.reason === 'invalid' ? worded('', error.message) : undefined;
        throw error;
      }
    },
  };
};

type SavedFunction = Surroundings['functions'][number];

/** The functions that a query calls, and those that they call. */
const calledBy = (
  query: string,
  functions: readonly SavedFunction[],
  seen: readonly string[] = [],
): readonly SavedFunction[] => {
  const called = functions.filter(
    ({ name }) => !seen.includes(name) && new RegExp(String.raw`\b${name}\b`, 'u').test(query),
  );
  const below = called.flatMap((one) => calledBy(one.body, functions, [...seen, one.name]));
  return [...new Set([...called, ...below])];
};

/** A function's body as a query of its own, its parameters declared. */
const bodyAlone = ({ params, body }: SavedFunction): string =>
  params === '()' ? body : `declare query_parameters${params};\n${body}`;

/** The service's words for what Microsoft's own parser calls by a code. */
const worded = (code: string, message: string): string => {
  const name = /'([^']+)'/u.exec(message)?.[1] ?? '';
  if (code === 'KS204') return 'One of the tables does not exist.';
  if (code === 'KS211') return `Unknown function: '${name}'.`;
  return code === 'KS142' ? `Failed to resolve table or column expression named '${name}'` : message;
};

/** The API's JSON: a dynamic is its text, a long a number where that holds it. */
const wire = (cell: unknown, type: string | undefined): unknown => {
  if (type === 'dynamic')
    return cell === null || typeof cell === 'string'
      ? cell
      : JSON.stringify(cell, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
  return typeof cell === 'bigint' ? Number(cell) : cell;
};

/** Whether a row is of a resource or of something below it; all are of nobody in particular. */
const isOf = (resource: string | undefined, id: string | undefined): boolean =>
  resource === undefined || id?.toLowerCase() === resource || id?.toLowerCase().startsWith(`${resource}/`) === true;

const unit = { D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 } as const;

/** `P1D`, `PT1H`, `start/end`, `start/duration`: which TimeGenerated is inside; everything for none. */
const windowOf = (timespan: string | undefined, now: number): ((time: string | undefined) => boolean) => {
  if (timespan === undefined || timespan === '') return () => true;
  const [first = '', second] = timespan.split('/');
  const length = (text: string): number | undefined =>
    text.startsWith('P')
      ? [...text.matchAll(/(\d+)([DHMS])/gu)].reduce(
          (sum, [, count, letter]) => sum + Number(count) * unit[letter as keyof typeof unit],
          0,
        )
      : undefined;
  const start = second === undefined ? now - (length(first) ?? 0) : Date.parse(first);
  const end = second === undefined ? now : start + (length(second) ?? Date.parse(second) - start);
  return (time) => time !== undefined && Date.parse(time) >= start && Date.parse(time) <= end;
};
