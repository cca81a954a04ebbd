import { placeholders } from './check-rule.ts';
import type { Pack, PackProblem, Rule } from './pack.ts';
import { parameterList } from './saved-search.ts';
import { tableSchemas } from './table-schemas.ts';

/**
 * Binds every query of a pack with Microsoft's own language service, the tables' schemas and the pack's functions, and looks for each column that a rule
 * names outside its query (entities, custom details, overrides, grouping) in what the query gives. Loads the language service: about 150 ms and 90 MB.
 */
export async function checkQueries(pack: Pack): Promise<readonly PackProblem[]> {
  const { analyze, makeGlobals } = await import('../kusto/language.ts');
  const saved = pack.functions.map((fn) => ({
    name: fn.alias,
    params: `(${parameterList(fn.parameters)})`,
    body: fn.query,
  }));
  const globals = makeGlobals(tableSchemas, saved);
  const bind = (file: string, at: string, text: string) => {
    const { diagnostics, columns } = analyze(text, globals);
    const problems = diagnostics.map(({ code, line, column, message }): PackProblem => {
      return { file, at, message: `line ${line}, column ${column}: ${message} (${code})` };
    });
    return { problems, columns: new Set(columns.map(({ name }) => name)) };
  };
  return [
    // The binder says nothing about a body that is only called, so each one is bound as a function of its own first.
    ...pack.functions.flatMap((fn) => {
      const parameters = parameterList(fn.parameters);
      return bind(
        fn.file,
        'FunctionQuery',
        `let ${fn.alias}__ = (${parameters}) {${fn.query}\n};\n${fn.alias}__(${samples(fn)})`,
      ).problems;
    }),
    ...pack.rules.flatMap((rule) => {
      const { problems, columns } = bind(rule.file, 'query', rule.query);
      // A query that does not bind has no trustworthy columns.
      return problems.length > 0 ? problems : missingColumns(rule, columns);
    }),
  ];
}

const sampleOfType: Readonly<Record<string, string>> = {
  string: '"x"',
  int: 'int(1)',
  long: '1',
  real: '1.0',
  bool: 'true',
  datetime: 'datetime(2026-01-01)',
  timespan: '1h',
  dynamic: 'dynamic([])',
};

const samples = ({ parameters }: Pack['functions'][number]): string =>
  parameters
    .filter((parameter) => parameter.default === undefined)
    .map(({ type }) => sampleOfType[type] ?? '""')
    .join(', ');

function missingColumns(rule: Rule, columns: ReadonlySet<string>): PackProblem[] {
  const {
    alertDisplayNameFormat = '',
    alertDescriptionFormat = '',
    alertSeverityColumnName,
    alertTacticsColumnName,
  } = rule.alertDetailsOverride ?? {};
  const named: readonly (readonly [at: string, column: string | undefined])[] = [
    ...rule.entityMappings.flatMap(({ entityType, fieldMappings }) =>
      fieldMappings.map((field) => [`entityMappings.${entityType}`, field.columnName] as const),
    ),
    ...Object.entries(rule.customDetails).map(([key, column]) => [`customDetails.${key}`, column] as const),
    ...placeholders(alertDisplayNameFormat).map(
      (column) => ['alertDetailsOverride.alertDisplayNameFormat', column] as const,
    ),
    ...placeholders(alertDescriptionFormat).map(
      (column) => ['alertDetailsOverride.alertDescriptionFormat', column] as const,
    ),
    ['alertDetailsOverride.alertSeverityColumnName', alertSeverityColumnName],
    ['alertDetailsOverride.alertTacticsColumnName', alertTacticsColumnName],
  ];
  return named.flatMap(([at, column]) =>
    column === undefined || columns.has(column)
      ? []
      : [{ file: rule.file, at, message: `the query gives no column ${column}` }],
  );
}
