import { type Context, type Env, type Scope, type Session, makeScope } from './expr.ts';
import type { Node } from './syntax.ts';
import type { Row, Table } from './values.ts';

/** What an operator works on: the table that flows into it and where it stands. */
export type Flow = {
  readonly table: Table;
  readonly scope: Scope;
  readonly context: Context;
  readonly session: Session;
  readonly env: Env;
};
export type Operator = (node: Node, flow: Flow) => Table;

export function flowOf(table: Table, session: Session, env: Env): Flow {
  const scope = makeScope(table.columns);
  scope.cursor.rows = table.rows;
  return { table, scope, context: { session, env, scope }, session, env };
}

/** Visits every row with the cursor on it. */
export function visit(flow: Flow, visitor: (row: Row, index: number) => void): void {
  const { cursor } = flow.scope;
  for (const [index, row] of flow.table.rows.entries()) {
    cursor.index = index;
    visitor(row, index);
  }
}

export function mapRows(flow: Flow, apply: (row: Row) => Row): Row[] {
  const rows: Row[] = [];
  visit(flow, (row) => rows.push(apply(row)));
  return rows;
}
