import { comparer } from './comparison.ts';
import type { Expr } from './expr.ts';
import { refuse } from './refused.ts';
import type { Flow } from './rows.ts';
import { type Node, part, token } from './syntax.ts';
import type { Row, Value } from './values.ts';

type Key = {
  readonly expr: Expr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
  compare(a: Value, b: Value): number;
};

/** A sort key of sort or top: descending by default, nulls last when descending and first when ascending. */
export function sortKey(node: Node, flow: Flow): Key {
  const ordering = node.kind === 'OrderedExpression' ? node.parts['Ordering'] : undefined;
  const expr = flow.session.compile(node.kind === 'OrderedExpression' ? part(node, 'Expression') : node, flow.context);
  if (expr.type === 'dynamic') refuse('sorting by a dynamic is not evaluated: convert it', node.start);
  const descending = ordering === undefined || token(ordering, 'AscOrDescKeyword') !== 'asc';
  const nulls =
    ordering?.parts['NullsClause'] === undefined
      ? undefined
      : token(ordering.parts['NullsClause'], 'FirstOrLastKeyword');
  return {
    expr,
    descending,
    nullsFirst: nulls === undefined ? !descending : nulls === 'first',
    compare: comparer(expr.type, expr.type, node.start),
  };
}

/** The rows in order; rows with equal keys stay in the order in which they came. */
export function sortRows(rows: readonly Row[], keys: readonly Key[]): Row[] {
  const decorated = rows.map((row, index) => ({ row, index, values: keys.map((key) => key.expr.run(row)) }));
  decorated.sort((a, b) => {
    for (const [at, key] of keys.entries()) {
      const order = compareCells(key, a.values[at] ?? null, b.values[at] ?? null);
      if (order !== 0) return order;
    }
    return a.index - b.index;
  });
  return decorated.map((item) => item.row);
}

function compareCells(key: Key, a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === key.nullsFirst ? -1 : 1;
  const order = key.compare(a, b);
  if (Number.isNaN(order)) {
    if (Number.isNaN(a) && Number.isNaN(b)) return 0;
    return refuse('sorting by NaN is not evaluated');
  }
  return key.descending ? -order : order;
}
