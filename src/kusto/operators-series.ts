import { type Aggregate } from './aggregates.ts';
import { toDynamic } from './cast.ts';
import { NO_ROW } from './expr.ts';
import { freeName, givenName, namedValue } from './names.ts';
import { floorDiv } from './numbers.ts';
import { groupsBy, overGroup } from './operators-summarize.ts';
import { refuse } from './refused.ts';
import { type Flow, type Operator } from './rows.ts';
import { type Node, items, parameters, part, word } from './syntax.ts';
import type { Column, Dynamic, Row, Value } from './values.ts';

type Axis = { readonly name: string; readonly points: readonly Dynamic[]; place(row: Row): number };
type Series = { readonly name: string; readonly aggregate: Aggregate; readonly absent: Dynamic };

/** make-series … on t from a to b step s: one array of values per group, a value for each step. */
const makeSeries: Operator = (node, flow) => {
  const axis = axisOf(node, flow);
  const { by, groups } = groupsBy(node, flow);
  const taken = new Set(by.map((column) => column.name));
  const series = items(node, 'Aggregates').map((item) => seriesOf(item, flow, taken));
  const filled = word(parameters(node).get('kind')) === 'nonempty';
  const shown = by.length === 0 && flow.table.rows.length === 0 && !filled ? [] : groups;
  const rows = shown.map(({ cells, rows: members }) => {
    const bins: Row[][] = axis.points.map(() => []);
    for (const row of members) bins[axis.place(row)]?.push(row);
    if (members.length > 0 && bins.every((bin) => bin.length === 0))
      refuse('make-series of a group without a row in its range is not evaluated', node.start);
    return [...cells, ...series.map((item) => bins.map((bin) => valueOf(item, bin, node))), axis.points];
  });
  const columns: Column[] = [
    ...by,
    ...series.map((item): Column => ({ name: item.name, type: 'dynamic' })),
    { name: axis.name, type: 'dynamic' },
  ];
  return { columns, rows };
};

function valueOf(series: Series, bin: readonly Row[], node: Node): Dynamic {
  if (bin.length === 0) return series.absent;
  const value = series.aggregate.over(bin);
  if (value === null || Number.isNaN(value)) refuse('make-series with a null value is not evaluated', node.start);
  return toDynamic(value, series.aggregate.type);
}

function seriesOf(node: Node, flow: Flow, taken: Set<string>): Series {
  const expression = part(node, 'Expression');
  const aggregate = overGroup(namedValue(expression), flow.context);
  const name = givenName(expression) ?? freeName(expression.implied ?? impliedOf(node, expression), taken);
  taken.add(name);
  const given = node.parts['DefaultExpression'];
  if (given !== undefined) {
    const expr = flow.session.compile(part(given, 'Expression'), flow.context);
    return { name, aggregate, absent: toDynamic(expr.run(NO_ROW), expr.type) };
  }
  const { type } = aggregate;
  if (type !== 'long' && type !== 'int' && type !== 'real')
    return refuse(`make-series of a ${type} without a default is not evaluated`, node.start);
  return { name, aggregate, absent: type === 'real' ? 0 : 0n };
}

function impliedOf(node: Node, expression: Node): string {
  if (node.implied !== undefined && node.implied !== '') return node.implied;
  if (expression.kind !== 'FunctionCallExpression')
    return refuse('make-series with an unnamed expression is not evaluated', node.start);
  const argument = items(part(expression, 'ArgumentList'), 'Expressions')[0]?.implied ?? '';
  return `${part(expression, 'Name').name}_${argument}`;
}

function axisOf(node: Node, flow: Flow): Axis {
  const on = part(part(node, 'OnClause'), 'Expression');
  const clause = part(node, 'RangeClause');
  const bounds = ['MakeSeriesFromClause', 'MakeSeriesToClause', 'MakeSeriesStepClause'].map(
    (name) => clause.parts[name],
  );
  const expr = flow.session.compile(namedValue(on), flow.context);
  const [from, to, step] = bounds.map((bound) =>
    bound === undefined ? undefined : flow.session.compile(part(bound, 'Expression'), flow.context),
  );
  if (from === undefined || to === undefined || step === undefined)
    return refuse('make-series without from, to and step is not evaluated', node.start);
  const ticks =
    expr.type === 'datetime' && from.type === 'datetime' && to.type === 'datetime' && step.type === 'timespan';
  const longs = expr.type === 'long' && from.type === 'long' && to.type === 'long' && step.type === 'long';
  const [first, last, size] = [from.run(NO_ROW), to.run(NO_ROW), step.run(NO_ROW)];
  if (
    (!ticks && !longs) ||
    typeof first !== 'bigint' ||
    typeof last !== 'bigint' ||
    typeof size !== 'bigint' ||
    size <= 0n
  ) {
    return refuse('make-series over this range is not evaluated', node.start);
  }
  const points: Dynamic[] = [];
  for (let at = first; at < last; at += size) points.push(toDynamic(at, expr.type));
  return { name: givenName(on) ?? on.name, points, place: (row) => placeOf(expr.run(row), first, last, size) };
}

function placeOf(value: Value, first: bigint, last: bigint, size: bigint): number {
  return typeof value !== 'bigint' || value < first || value >= last ? -1 : Number(floorDiv(value - first, size));
}

export const seriesOperators: Readonly<Record<string, Operator>> = { MakeSeriesOperator: makeSeries };
