import { columnAt } from './compile-column.ts';
import { coerce, commonType } from './coerce.ts';
import type { Expr } from './expr.ts';
import { freeName } from './names.ts';
import { firstOfEach, rowKey } from './row-key.ts';
import { refuse } from './refused.ts';
import { type Flow, type Operator, flowOf } from './rows.ts';
import { type Node, items, parameters, part, unwrap, word } from './syntax.ts';
import { type Column, type Row, type Table, type Value, missing, visible } from './values.ts';

type Key = { readonly left: Expr; readonly right: Expr; readonly rightAt: number };

const join: Operator = (node, flow) => {
  const right = bare(flow.session.tabular(unwrap(part(node, 'Expression')), flow.env));
  const left = bare(flow.table);
  const clause = part(node, 'ConditionClause');
  if (clause.kind !== 'JoinOnClause') refuse('join … where is not evaluated', clause.start);
  const keys = keysOf(items(clause, 'Expressions'), left, right, flow);
  return joined(word(parameters(node).get('kind')) ?? 'innerunique', left, right, keys, node.start);
};

const lookup: Operator = (node, flow) => {
  const right = bare(flow.session.tabular(unwrap(part(node, 'Expression')), flow.env));
  const left = bare(flow.table);
  const keys = keysOf(items(part(node, 'LookupClause'), 'Expressions'), left, right, flow);
  const kind = word(parameters(node).get('kind')) ?? 'leftouter';
  if (kind !== 'leftouter' && kind !== 'inner') refuse(`lookup kind=${kind} is not evaluated`, node.start);
  return joined(kind, left, right, keys, node.start, new Set(keys.map((key) => key.rightAt)));
};

/** Without the columns that are no part of the schema: a joined row has no ingestion time. */
function bare(table: Table): Table {
  if (table.columns.every((column) => column.hidden !== true)) return table;
  const places = visible(table.columns).map((column) => table.columns.indexOf(column));
  return { columns: visible(table.columns), rows: table.rows.map((row) => places.map((at) => row[at] ?? null)) };
}

function keysOf(conditions: readonly Node[], left: Table, right: Table, flow: Flow): Key[] {
  return conditions.map((condition) => {
    const expression = unwrap(condition);
    if (expression.kind === 'NameReference')
      return key(expression.name, expression.name, left, right, flow, expression.start);
    if (expression.kind !== 'BinaryExpression' || part(expression, 'Operator').text !== '==')
      refuse('this join condition is not evaluated', expression.start);
    const sides = new Map([part(expression, 'Left'), part(expression, 'Right')].map(sideOf));
    const [l, r] = [sides.get('$left'), sides.get('$right')];
    if (l === undefined || r === undefined) return refuse('this join condition is not evaluated', expression.start);
    return key(l, r, left, right, flow, expression.start);
  });
}

function sideOf(node: Node): [string, string] {
  if (node.kind === 'PathExpression') return [part(node, 'Expression').name, part(node, 'Selector').name];
  return refuse('this join condition is not evaluated', node.start);
}

function key(leftName: string, rightName: string, left: Table, right: Table, flow: Flow, position: number): Key {
  const rightAt = right.columns.findIndex((column) => column.name === rightName);
  const leftAt = left.columns.findIndex((column) => column.name === leftName);
  if (leftAt < 0 || rightAt < 0)
    return refuse(`the join key ${leftAt < 0 ? leftName : rightName} does not exist`, position);
  const l = columnAt(flowOf(left, flow.session, flow.env).scope, leftAt);
  const r = columnAt(flowOf(right, flow.session, flow.env).scope, rightAt);
  const common = commonType(l.type, r.type);
  if (common === undefined || l.type === 'dynamic' || r.type === 'dynamic')
    return refuse(`joining a ${l.type} with a ${r.type} is not evaluated`, position);
  return { left: coerce(l, common), right: coerce(r, common), rightAt };
}

function joined(
  kind: string,
  left: Table,
  right: Table,
  keys: readonly Key[],
  position: number,
  dropped: ReadonlySet<number> = new Set(),
): Table {
  const leftKey = (row: Row): string => rowKey(keys.map((item) => item.left.run(row)));
  const rightKey = (row: Row): string => rowKey(keys.map((item) => item.right.run(row)));
  const rightRows = grouped(right.rows, rightKey);
  switch (kind) {
    case 'leftsemi':
      return { columns: left.columns, rows: left.rows.filter((row) => rightRows.has(leftKey(row))) };
    case 'leftanti':
    case 'anti':
    case 'leftantisemi':
      return { columns: left.columns, rows: left.rows.filter((row) => !rightRows.has(leftKey(row))) };
    case 'rightsemi':
    case 'rightanti':
    case 'rightantisemi': {
      const leftRows = grouped(left.rows, leftKey);
      return {
        columns: right.columns,
        rows: right.rows.filter((row) => leftRows.has(rightKey(row)) === (kind === 'rightsemi')),
      };
    }
    default:
      break;
  }
  const kept = right.columns.map((_, at) => at).filter((at) => !dropped.has(at));
  const columns = [
    ...left.columns,
    ...renamed(
      left.columns,
      kept.map((at) => right.columns[at] ?? refuse('a column out of range')),
    ),
  ];
  const noLeft = left.columns.map((column) => missing(column.type));
  const noRight = right.columns.map((column) => missing(column.type));
  const merge = (l: Row, r: Row): Row => [...l, ...kept.map((at): Value => r[at] ?? null)];
  const pairs = (rows: readonly Row[], outer: boolean): Row[] =>
    rows.flatMap((row) => {
      const matches = rightRows.get(leftKey(row));
      return matches === undefined ? (outer ? [merge(row, noRight)] : []) : matches.map((other) => merge(row, other));
    });
  const unmatched = (): Row[] => {
    const seen = new Set(left.rows.map(leftKey));
    return right.rows.filter((row) => !seen.has(rightKey(row))).map((row) => merge(noLeft, row));
  };
  switch (kind) {
    case 'innerunique':
      return { columns, rows: pairs(firstOfEach(left.rows, leftKey), false) };
    case 'inner':
      return { columns, rows: pairs(left.rows, false) };
    case 'leftouter':
      return { columns, rows: pairs(left.rows, true) };
    case 'rightouter':
      return { columns, rows: [...pairs(left.rows, false), ...unmatched()] };
    case 'fullouter':
      return { columns, rows: [...pairs(left.rows, true), ...unmatched()] };
    default:
      return refuse(`join kind=${kind} is not evaluated`, position);
  }
}

function grouped(rows: readonly Row[], keyOf: (row: Row) => string): ReadonlyMap<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const at = keyOf(row);
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [row]);
    else group.push(row);
  }
  return groups;
}

function renamed(left: readonly Column[], right: readonly Column[]): Column[] {
  const leftNames = new Set(left.map((column) => column.name));
  const taken = new Set([...leftNames, ...right.map((column) => column.name)]);
  return right.map((column) => {
    if (!leftNames.has(column.name)) return column;
    const name = freeName(column.name, taken);
    taken.add(name);
    return { ...column, name };
  });
}

export const joinOperators: Readonly<Record<string, Operator>> = { JoinOperator: join, LookupOperator: lookup };
