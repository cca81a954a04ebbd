import type { Expr, Scope } from './expr.ts';
import { refuse } from './refused.ts';
import { missing } from './values.ts';

/** Reads one column of the row. */
export function columnAt(scope: Scope, position: number): Expr {
  const column = scope.columns[position];
  if (column === undefined) return refuse('a column out of range');
  const empty = missing(column.type);
  return { type: column.type, fixed: false, run: (row) => row[position] ?? empty };
}
