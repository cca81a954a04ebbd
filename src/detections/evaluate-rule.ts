import { savedFunctions } from './check-queries.ts';
import type { Pack } from './pack.ts';
import type { RunQuery } from './run-rule-tests.ts';
import { tableSchemas } from './table-schemas.ts';

/** Runs queries by src/kusto, the pack's functions and tables being known; loads Microsoft's language service. */
export async function queryRunner(pack: Pack): Promise<RunQuery> {
  const { evaluate } = await import('../kusto/evaluate.ts');
  const functions = savedFunctions(pack);
  return (query, tables, now) => {
    const { columns, rows } = evaluate(query, tables, { now, schemas: tableSchemas, functions });
    return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
  };
}
