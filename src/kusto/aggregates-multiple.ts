import { coerce } from './coerce.ts';
import { columnAt } from './compile-column.ts';
import { comparer } from './comparison.ts';
import type { Expr } from './expr.ts';
import { givenName, namedValue } from './names.ts';
import { rank } from './percentile.ts';
import { refuse } from './refused.ts';
import type { Flow } from './rows.ts';
import { type Node, items, part } from './syntax.ts';
import { type KqlType, type Row, type Value, missing, visible } from './values.ts';

/** An aggregate that gives several columns. `given` names were chosen in the query, `name` is the implied one. */
export type Multiple = {
  readonly columns: readonly { readonly name: string; readonly given?: string; readonly type: KqlType }[];
  over(rows: readonly Row[]): readonly Value[];
};
type Field = { readonly name: string; readonly given?: string; readonly expr: Expr };

/** arg_max, arg_min, take_any of several, percentiles; undefined for any other expression. */
export function multipleOf(node: Node, flow: Flow, grouping: ReadonlySet<string>): Multiple | undefined {
  if (node.kind !== 'FunctionCallExpression') return undefined;
  const { name } = part(node, 'Name');
  const args = items(part(node, 'ArgumentList'), 'Expressions');
  switch (name) {
    case 'arg_max':
      return argExtreme(1, node, args, flow, grouping);
    case 'arg_min':
      return argExtreme(-1, node, args, flow, grouping);
    case 'take_any':
    case 'any':
      return name === 'take_any' || args.length > 1 || args[0]?.kind === 'StarExpression'
        ? takeAny(args, flow, grouping)
        : undefined;
    case 'percentiles':
      return percentiles(node, args, flow);
    default:
      return undefined;
  }
}

function argExtreme(
  sign: 1 | -1,
  node: Node,
  args: readonly Node[],
  flow: Flow,
  grouping: ReadonlySet<string>,
): Multiple {
  const [key, ...rest] = args;
  if (key === undefined) return refuse('arg_max() needs an expression', node.start);
  const expr = flow.session.compile(key, flow.context);
  const word = sign === 1 ? 'max' : 'min';
  const keyName = key.implied === undefined || key.implied === '' ? `${word}_` : key.implied;
  const skipped = new Set([...grouping, ...(key.kind === 'NameReference' ? [key.name] : [])]);
  const fields: Field[] = [
    { name: keyName, expr },
    ...rest.flatMap((arg, index) => fieldsOf(arg, flow, skipped, `${word}_${keyName}_arg${index + 1}`)),
  ];
  const compare = comparer(expr.type, expr.type, node.start);
  return {
    columns: fields.map(({ name, given, expr: { type } }) => ({
      name,
      type,
      ...(given === undefined ? {} : { given }),
    })),
    over: (rows) => {
      let best: Row | undefined;
      let bestKey: Value = null;
      for (const row of rows) {
        const value = expr.run(row);
        if (value === null) continue;
        if (typeof value === 'number' && Number.isNaN(value))
          refuse('arg_max() and arg_min() with NaN are not evaluated', node.start);
        if (best === undefined || compare(value, bestKey) * sign > 0) {
          best = row;
          bestKey = value;
        }
      }
      return cells(fields, best ?? rows[0]);
    },
  };
}

function takeAny(args: readonly Node[], flow: Flow, grouping: ReadonlySet<string>): Multiple {
  const fields = args.flatMap((arg, index) => fieldsOf(arg, flow, grouping, `any_arg${index}`));
  const [only] = fields;
  if (only !== undefined && fields.length === 1) {
    // One column alone: a value rather than a gap, where there is one.
    const over = (rows: readonly Row[]): Value[] => [
      rows.map((row) => only.expr.run(row)).find((value) => value !== null && value !== '') ?? missing(only.expr.type),
    ];
    return { columns: [{ name: only.name, type: only.expr.type }], over };
  }
  return {
    columns: fields.map(({ name, expr: { type } }) => ({ name, type })),
    over: (rows) => cells(fields, rows[0]),
  };
}

function cells(fields: readonly Field[], row: Row | undefined): Value[] {
  return fields.map(({ expr }) => (row === undefined ? missing(expr.type) : expr.run(row)));
}

function fieldsOf(arg: Node, flow: Flow, skipped: ReadonlySet<string>, unnamed: string): Field[] {
  const { columns } = flow.table;
  if (arg.kind === 'StarExpression') {
    return visible(columns)
      .filter((column) => !skipped.has(column.name))
      .map((column) => ({ name: column.name, expr: columnAt(flow.scope, columns.indexOf(column)) }));
  }
  const given = givenName(arg);
  const expr = flow.session.compile(namedValue(arg), flow.context);
  return [
    {
      name: arg.implied === undefined || arg.implied === '' ? unnamed : arg.implied,
      expr,
      ...(given === undefined ? {} : { given }),
    },
  ];
}

function percentiles(node: Node, args: readonly Node[], flow: Flow): Multiple {
  const [value, ...shares] = args;
  if (value === undefined) return refuse('percentiles() needs an expression', node.start);
  const given = flow.session.compile(value, flow.context);
  const expr = given.type === 'int' ? coerce(given, 'long') : given;
  const numbers = shares.map((share) => Number(coerce(flow.session.compile(share, flow.context), 'real').run([])));
  const base = value.implied ?? '';
  return {
    columns: numbers.map((share) => ({
      name: `percentile_${base}_${String(share).replaceAll('.', '_')}`,
      type: expr.type,
    })),
    over: (rows) => {
      const values = rows.map((row) => expr.run(row)).filter((item) => item !== null);
      return numbers.map((share) => rank(values, expr.type, share, node.start));
    },
  };
}
