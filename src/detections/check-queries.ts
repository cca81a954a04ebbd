import { placeholders } from './check-rule.ts';
import type { SavedFunction } from '../kusto/language.ts';
import type { Validation } from '../kusto/validate.ts';
import type { Pack, PackFunction, PackProblem, Rule } from './pack.ts';
import { parameterList } from './saved-search.ts';
import { tableSchemas } from './table-schemas.ts';

/**
 * Binds every query of a pack with Microsoft's own language service, the tables' schemas and the pack's functions, and looks for each column that a rule
 * names outside its query (entities, custom details, overrides, grouping) in what the query gives. Loads the language service: about 150 ms and 90 MB.
 */
export async function checkQueries(pack: Pack): Promise<readonly PackProblem[]> {
  const { validate, validateFunction } = await import('../kusto/validate.ts');
  const options = { schemas: tableSchemas, functions: savedFunctions(pack) };
  const problems = (file: string, at: string, { diagnostics }: Validation): PackProblem[] =>
    diagnostics.map(({ code, line, column, message }) => ({
      file,
      at,
      message: `line ${line}, column ${column}: ${message} (${code})`,
    }));
  return [
    // The binder says nothing about a body that is only called, so each one is bound by itself.
    ...pack.functions.flatMap((fn) => problems(fn.file, 'FunctionQuery', validateFunction(savedFunction(fn), options))),
    ...pack.rules.flatMap((rule) => {
      const bound = validate(rule.query, options);
      const found = problems(rule.file, 'query', bound);
      // A query that does not bind has no trustworthy columns.
      return found.length > 0 ? found : missingColumns(rule, new Set(bound.columns.map(({ name }) => name)));
    }),
  ];
}

/** The pack's functions as src/kusto takes them. */
export function savedFunctions(pack: Pack): SavedFunction[] {
  return pack.functions.map(savedFunction);
}

function savedFunction(fn: PackFunction): SavedFunction {
  return { name: fn.alias, params: `(${parameterList(fn.parameters)})`, body: fn.query };
}

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
