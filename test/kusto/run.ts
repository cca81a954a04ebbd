import { type EvaluateOptions, type Tables, evaluate } from '../../src/kusto/evaluate.ts';
import type { Plain } from '../../src/kusto/plain.ts';
import { KqlRefused } from '../../src/kusto/refused.ts';

export const NOW = '2026-01-15T12:00:00Z';
const SURROUNDINGS = { now: NOW, schemas: {} };

/** The rows of a query, cells in the columns' order. */
export function rows(
  query: string,
  tables: Tables = {},
  options: Partial<EvaluateOptions> = {},
): readonly (readonly Plain[])[] {
  return evaluate(query, tables, { ...SURROUNDINGS, ...options }).rows;
}

/** The value of one expression. */
export function value(expression: string): Plain | undefined {
  return rows(`print r = ${expression}`)[0]?.[0];
}

/** `name:type` of a query's columns. */
export function columns(query: string): string {
  return evaluate(query, {}, SURROUNDINGS)
    .columns.map((column) => `${column.name}:${column.type}`)
    .join(', ');
}

/** Why a query is refused: its reason and message; undefined when it is answered. */
export function refusal(
  query: string,
  options: Partial<EvaluateOptions> = {},
): { readonly reason: string; readonly message: string; readonly position: number } | undefined {
  try {
    evaluate(query, {}, { ...SURROUNDINGS, ...options });
    return undefined;
  } catch (error) {
    if (!(error instanceof KqlRefused)) throw error;
    return { reason: error.reason, message: error.message, position: error.position };
  }
}
