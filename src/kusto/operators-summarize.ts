import { type Aggregate, aggregateOf } from './aggregates.ts';
import { type Context, type Expr, makeScope } from './expr.ts';
import { type Multiple, multipleOf } from './aggregates-multiple.ts';
import { freeName, givenName, givenNames, namedValue, numbered } from './names.ts';
import { refuse } from './refused.ts';
import { rowKey } from './row-key.ts';
import { type Flow, type Operator, visit } from './rows.ts';
import { type Node, items, part } from './syntax.ts';
import { type Column, type Row, type Value, missing } from './values.ts';

type By = { readonly column: Column; readonly expr: Expr; readonly node: Node };
type Output = { readonly columns: readonly Column[]; over(rows: readonly Row[]): readonly Value[] };

const summarize: Operator = (node, flow) => {
  const aggregateNodes = items(node, 'Aggregates');
  const by = byColumns(node, flow);
  const outputs = aggregateOutputs(aggregateNodes, by, flow);
  const groups = grouped(by, flow);
  const rows = [...groups.values()].map(({ cells, rows: members }) => [
    ...cells,
    ...outputs.flatMap((output) => output.over(members)),
  ]);
  return { columns: [...by.map((item) => item.column), ...outputs.flatMap((output) => output.columns)], rows };
};

function byColumns(node: Node, flow: Flow): By[] {
  const clause = node.parts['ByClause'];
  const expressions = clause === undefined ? [] : items(clause, 'Expressions');
  const taken = new Set(expressions.flatMap((item) => givenName(item) ?? []));
  const next = numbered('Column', 1, taken);
  return expressions.map((item) => {
    const expr = flow.session.compile(namedValue(item), flow.context);
    if (expr.type === 'dynamic') refuse('grouping by a dynamic is not allowed: convert it', item.start);
    const given = givenName(item);
    const implied = item.implied === undefined || item.implied === '' ? next() : item.implied;
    const name = given ?? freeName(implied, taken);
    taken.add(name);
    return { column: { name, type: expr.type }, expr, node: namedValue(item) };
  });
}

type Group = { readonly cells: readonly Value[]; readonly rows: Row[] };

function grouped(by: readonly By[], flow: Flow): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  if (by.length === 0) return groups.set('', { cells: [], rows: [...flow.table.rows] });
  visit(flow, (row) => {
    const cells = by.map((item) => item.expr.run(row));
    const key = rowKey(cells);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { cells, rows: [row] });
    else group.rows.push(row);
  });
  return groups;
}

/** The columns that aggregates add, named by the binder's rules: given names first, then implied ones made unique. */
export function aggregateOutputs(nodes: readonly Node[], by: readonly By[], flow: Flow): Output[] {
  const taken = new Set([
    ...by.map((item) => item.column.name),
    ...nodes.flatMap((node) => givenName(node) ?? givenNames(node) ?? []),
  ]);
  const next = numbered('Column', 1, taken);
  const unique = (wanted: string | undefined): string => {
    const name = freeName(wanted === undefined || wanted === '' ? next() : wanted, taken);
    taken.add(name);
    return name;
  };
  const grouping = new Set([
    ...by.map((item) => item.column.name),
    ...by.flatMap((item) => (item.node.kind === 'NameReference' ? [item.node.name] : [])),
  ]);
  return nodes.map((node) => {
    const value = namedValue(node);
    const multiple = multipleOf(value, flow, grouping);
    if (multiple !== undefined) return namedMultiple(multiple, node, unique);
    if (givenNames(node) !== undefined) return refuse('several names for one aggregate are not evaluated', node.start);
    const single = overGroup(value, flow.context);
    const name = givenName(node) ?? unique(percentileName(node) ?? node.implied);
    return { columns: [{ name, type: single.type }], over: (rows) => [single.over(rows)] };
  });
}

// percentile(x, 95) is called percentile_x_95.
function percentileName(node: Node): string | undefined {
  if (node.kind !== 'FunctionCallExpression' || part(node, 'Name').name !== 'percentile') return undefined;
  const [value, share] = items(part(node, 'ArgumentList'), 'Expressions');
  return share?.kind === 'LiteralExpression'
    ? `percentile_${value?.implied ?? ''}_${share.text.replaceAll('.', '_')}`
    : undefined;
}

function namedMultiple(multiple: Multiple, node: Node, unique: (wanted: string | undefined) => string): Output {
  const names = givenNames(node) ?? [givenName(node)].filter((name) => name !== undefined);
  if (names.length > multiple.columns.length) refuse('more names than values', node.start);
  const columns = multiple.columns.map((column, index) => ({
    name: names[index] ?? column.given ?? unique(column.name),
    type: column.type,
  }));
  return { columns, over: (rows) => multiple.over(rows) };
}

/** An expression over aggregates, such as max(x) - min(x), as one aggregate. */
export function overGroup(node: Node, context: Context): Aggregate {
  const slots: Aggregate[] = [];
  const scope = makeScope([]);
  const outer: Context = {
    session: context.session,
    env: context.env,
    scope,
    aggregate: (call) => {
      const aggregate = aggregateOf(call, context);
      if (aggregate === undefined) return undefined;
      const at = slots.push(aggregate) - 1;
      return { type: aggregate.type, fixed: false, run: (row) => row[at] ?? missing(aggregate.type) };
    },
  };
  const expr = context.session.compile(node, outer);
  return { type: expr.type, over: (rows) => expr.run(slots.map((slot) => slot.over(rows))) };
}

export const summarizeOperators: Readonly<Record<string, Operator>> = { SummarizeOperator: summarize };

/** Grouping shared with make-series. */
export function groupsBy(
  node: Node,
  flow: Flow,
): { readonly by: readonly Column[]; readonly groups: readonly Group[] } {
  const by = byColumns(node, flow);
  return { by: by.map((item) => item.column), groups: [...grouped(by, flow).values()] };
}
