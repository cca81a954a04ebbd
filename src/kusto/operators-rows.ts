import { condition } from './logic.ts';
import { freeName, givenName, namedValue } from './names.ts';
import { sortKey, sortRows } from './order.ts';
import { refuse } from './refused.ts';
import { rowKey } from './row-key.ts';
import { type Flow, type Operator, visit } from './rows.ts';
import { type Node, items, part } from './syntax.ts';
import { type Column, type Row, type Value, visible } from './values.ts';

const where: Operator = (node, flow) => {
  const expr = part(node, 'Condition');
  const test = condition(flow.session.compile(expr, flow.context), expr.start);
  const rows: Row[] = [];
  visit(flow, (row) => {
    if (test.run(row) === true) rows.push(row);
  });
  return { ...flow.table, rows };
};

/** A number of rows that is the same for all rows. */
export function constantCount(node: Node, flow: Flow): number {
  const expr = flow.session.compile(node, flow.context);
  const value = expr.fixed ? expr.run([]) : null;
  return typeof value === 'bigint' || typeof value === 'number'
    ? Number(value)
    : refuse('a number of rows that is not constant is not evaluated', node.start);
}

const take: Operator = (node, flow) => ({
  ...flow.table,
  rows: flow.table.rows.slice(0, Math.max(0, constantCount(part(node, 'Expression'), flow))),
});

const sort: Operator = (node, flow) => ({
  ...flow.table,
  rows: sortRows(
    flow.table.rows,
    items(node, 'Expressions').map((item) => sortKey(item, flow)),
  ),
});

const top: Operator = (node, flow) => {
  const count = constantCount(part(node, 'Expression'), flow);
  return {
    ...flow.table,
    rows: sortRows(flow.table.rows, [sortKey(part(node, 'ByExpression'), flow)]).slice(0, Math.max(0, count)),
  };
};

const count: Operator = (node, flow) => {
  const named = node.parts['AsIdentifier'] ?? node.parts['AsClause'];
  const name =
    named === undefined
      ? 'Count'
      : (Object.values(named.parts).find((child) => child.name !== '')?.name ??
        refuse('count as this is not evaluated', node.start));
  return { columns: [{ name, type: 'long' }], rows: [[BigInt(flow.table.rows.length)]] };
};

const distinct: Operator = (node, flow) => {
  const expressions = items(node, 'Expressions');
  const { columns } = flow.table;
  const star = expressions.length === 1 && expressions[0]?.kind === 'StarExpression';
  const taken = new Set<string>();
  const picked = star
    ? visible(columns).map((column) => ({ column, run: (row: Row): Value => row[columns.indexOf(column)] ?? null }))
    : expressions.map((item, index) => {
        const expr = flow.session.compile(namedValue(item), flow.context);
        const name = givenName(item) ?? freeName(item.implied ?? `Column${index + 1}`, taken);
        taken.add(name);
        const column: Column = { name, type: expr.type };
        return { column, run: (row: Row): Value => expr.run(row) };
      });
  const rows = new Map<string, Row>();
  visit(flow, (row) => {
    const cells = picked.map(({ run }) => run(row));
    const key = rowKey(cells);
    if (!rows.has(key)) rows.set(key, cells);
  });
  return { columns: picked.map(({ column }) => column), rows: [...rows.values()] };
};

export const rowOperators: Readonly<Record<string, Operator>> = {
  FilterOperator: where,
  TakeOperator: take,
  SortOperator: sort,
  TopOperator: top,
  CountOperator: count,
  DistinctOperator: distinct,
  RenderOperator: (_, flow) => flow.table,
  ConsumeOperator: (_, flow) => ({ columns: flow.table.columns, rows: [] }),
};
