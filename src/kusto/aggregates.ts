import { groupKey, toDynamic } from './cast.ts';
import { coerce, isNumber } from './coerce.ts';
import { comparer } from './comparison.ts';
import type { Context, Expr } from './expr.ts';
import { condition } from './logic.ts';
import { rank } from './percentile.ts';
import { refuse } from './refused.ts';
import { firstOfEach } from './row-key.ts';
import { deviation, mean, total } from './statistics.ts';
import { type Node, items, part } from './syntax.ts';
import { type Dynamic, type KqlType, type Row, type Value, isArray, isBag, missing } from './values.ts';

/** An aggregate over the rows of a group. */
export type Aggregate = { readonly type: KqlType; over(rows: readonly Row[]): Value };
type Maker = (args: readonly Expr[], node: Node) => Aggregate;

const need = (args: readonly Expr[], index: number, node: Node): Expr =>
  args[index] ?? refuse('an aggregate needs more arguments', node.start);

const counted: Maker = () => ({ type: 'long', over: (rows) => BigInt(rows.length) });

const present = (expr: Expr, rows: readonly Row[]): Value[] =>
  rows.map((row) => expr.run(row)).filter((value) => value !== null);

const sum: Maker = (args, node) => {
  const expr = need(args, 0, node);
  const type = expr.type === 'int' ? 'long' : expr.type;
  if (type !== 'long' && type !== 'real' && type !== 'timespan')
    return refuse(`sum() of a ${type} is not evaluated`, node.start);
  return { type, over: (rows) => total(present(expr, rows), type) };
};

const avg: Maker = (args, node) => {
  const expr = need(args, 0, node);
  const { type } = expr;
  const result = isNumber(type) ? 'real' : type;
  if (result !== 'real' && result !== 'timespan' && result !== 'datetime')
    return refuse(`avg() of a ${type} is not evaluated`, node.start);
  return { type: result, over: (rows) => mean(present(expr, rows), result) };
};

const extreme =
  (sign: 1 | -1): Maker =>
  (args, node) => {
    const expr = need(args, 0, node);
    const { type } = expr;
    const compare = comparer(type, type, node.start);
    return {
      type,
      over: (rows) => {
        let best: Value = null;
        for (const value of present(expr, rows)) {
          if (typeof value === 'number' && Number.isNaN(value))
            refuse('min() and max() with NaN are not evaluated', node.start);
          if (value === '' && sign < 0) refuse('min() with empty strings is not evaluated', node.start);
          if (best === null || compare(value, best) * sign > 0) best = value;
        }
        return best ?? missing(type);
      },
    };
  };

const distinctCount: Maker = (args, node) => {
  const expr = need(args, 0, node);
  return { type: 'long', over: (rows) => BigInt(new Set(present(expr, rows).map(groupKey)).size) };
};

// make_list and make_set take arrays apart, one level.
function collected(expr: Expr, rows: readonly Row[]): Dynamic[] {
  return present(expr, rows).flatMap((value) => {
    const item = toDynamic(value, expr.type);
    return isArray(item) ? item.filter((inner) => inner !== null) : [item];
  });
}

function limit(args: readonly Expr[], index: number): number {
  const expr = args[index];
  const value = expr?.run([]);
  return expr === undefined ? 1_048_576 : Number(value ?? 0n);
}

const list =
  (distinct: boolean, limitAt = 1): Maker =>
  (args, node) => {
    const expr = need(args, 0, node);
    return {
      type: 'dynamic',
      over: (rows) => {
        const values = collected(expr, rows);
        const kept = distinct ? firstOfEach(values, groupKey) : values;
        return kept.slice(0, limit(args, limitAt));
      },
    };
  };

const listWithNulls: Maker = (args, node) => {
  const expr = need(args, 0, node);
  return { type: 'dynamic', over: (rows) => rows.map((row) => toDynamic(expr.run(row), expr.type)) };
};

const bag: Maker = (args, node) => {
  const expr = need(args, 0, node);
  return {
    type: 'dynamic',
    over: (rows) => {
      const merged = new Map<string, Dynamic>();
      for (const value of present(expr, rows)) {
        if (!isBag(value)) continue;
        for (const [key, item] of value) {
          const known = merged.get(key);
          if (known !== undefined && groupKey(known) !== groupKey(item))
            refuse('make_bag() with two values for one key is not evaluated', node.start);
          merged.set(key, item);
        }
      }
      return merged;
    },
  };
};

const spread =
  (square: boolean, population: boolean): Maker =>
  (args, node) => {
    const expr = coerce(need(args, 0, node), 'real', node.start);
    return { type: 'real', over: (rows) => deviation(present(expr, rows).map(Number), square, population) };
  };

const anyValue: Maker = (args, node) => {
  const expr = need(args, 0, node);
  return { type: expr.type, over: (rows) => present(expr, rows).find((value) => value !== '') ?? missing(expr.type) };
};

const percentile: Maker = (args, node) => {
  const given = need(args, 0, node);
  const expr = given.type === 'int' ? coerce(given, 'long') : given;
  const share = Number(coerce(need(args, 1, node), 'real').run([]));
  return { type: expr.type, over: (rows) => rank(present(expr, rows), expr.type, share, node.start) };
};

const percentileArray: Maker = (args, node) => {
  const expr = need(args, 0, node);
  const shares = args.slice(1).flatMap((arg) => {
    const value = toDynamic(arg.run([]), arg.type);
    return isArray(value) ? value.map(Number) : [Number(value)];
  });
  return {
    type: 'dynamic',
    over: (rows) =>
      shares.map((share) => toDynamic(rank(present(expr, rows), expr.type, share, node.start), expr.type)),
  };
};

const bitwise =
  (apply: (a: bigint, b: bigint) => bigint): Maker =>
  (args, node) => {
    const expr = coerce(need(args, 0, node), 'long', node.start);
    return {
      type: 'long',
      over: (rows) => {
        const values = present(expr, rows) as bigint[];
        return values.length === 0 ? null : values.reduce(apply);
      },
    };
  };

/** An aggregate over the rows for which the condition at the position holds. */
const only =
  (maker: Maker, at: number): Maker =>
  (args, node) => {
    const test = condition(need(args, at, node), node.start);
    const inner = maker(
      args.filter((_, index) => index !== at),
      node,
    );
    return { type: inner.type, over: (rows) => inner.over(rows.filter((row) => test.run(row) === true)) };
  };

const makers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['count', counted],
  ['countif', only(counted, 0)],
  ['sum', sum],
  ['sumif', only(sum, 1)],
  ['avg', avg],
  ['avgif', only(avg, 1)],
  ['min', extreme(-1)],
  ['minif', only(extreme(-1), 1)],
  ['max', extreme(1)],
  ['maxif', only(extreme(1), 1)],
  ['dcount', distinctCount],
  ['dcountif', only(distinctCount, 1)],
  ['count_distinct', distinctCount],
  ['count_distinctif', only(distinctCount, 1)],
  ['make_list', list(false)],
  ['makelist', list(false)],
  ['make_list_if', only(list(false), 1)],
  ['make_list_with_nulls', listWithNulls],
  ['make_set', list(true)],
  ['makeset', list(true)],
  ['make_set_if', only(list(true), 1)],
  ['make_bag', bag],
  ['make_bag_if', only(bag, 1)],
  ['stdev', spread(false, false)],
  ['stdevif', only(spread(false, false), 1)],
  ['stdevp', spread(false, true)],
  ['variance', spread(true, false)],
  ['varianceif', only(spread(true, false), 1)],
  ['variancep', spread(true, true)],
  ['take_any', anyValue],
  ['any', anyValue],
  ['take_anyif', only(anyValue, 1)],
  ['anyif', only(anyValue, 1)],
  ['percentile', percentile],
  ['percentiles_array', percentileArray],
  ['binary_all_and', bitwise((a, b) => a & b)],
  ['binary_all_or', bitwise((a, b) => a | b)],
  ['binary_all_xor', bitwise((a, b) => a ^ b)],
]);

export function isAggregate(name: string): boolean {
  return makers.has(name);
}

/** The aggregate that a call names, its arguments compiled for the rows of the group; undefined for any other function. */
export function aggregateOf(node: Node, context: Context): Aggregate | undefined {
  const maker = makers.get(part(node, 'Name').name);
  if (maker === undefined) return undefined;
  const { aggregate: _, ...plain } = context;
  return maker(
    items(part(node, 'ArgumentList'), 'Expressions').map((arg) => context.session.compile(arg, plain)),
    node,
  );
}
