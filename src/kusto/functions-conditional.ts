import { scalarTypeOf } from './cast.ts';
import { coerce, commonType } from './coerce.ts';
import { comparer } from './comparison.ts';
import { type Expr, derive, fixed } from './expr.ts';
import { type Builder, type Call, argument, argumentsOf } from './function-kit.ts';
import { condition, not } from './logic.ts';
import { refuse } from './refused.ts';
import { INGESTION_TIME, isBag, type KqlType, missing } from './values.ts';

function meet(call: Call, exprs: readonly Expr[]): Expr[] {
  let type: KqlType | undefined = exprs[0]?.type;
  for (const expr of exprs) type = type === undefined ? undefined : commonType(type, expr.type);
  if (type === undefined)
    return refuse(`${call.name}() with values of different types is not evaluated`, call.node.start);
  const common = type;
  return exprs.map((expr) => coerce(expr, common, call.node.start));
}

const iff: Builder = (call) => {
  const test = condition(argument(call, 0), call.node.start);
  const [yes, no] = meet(call, [argument(call, 1), argument(call, 2)]);
  if (yes === undefined || no === undefined) return refuse('iff() needs three arguments', call.node.start);
  return derive(yes.type, [test, yes, no], (row) => (test.run(row) === true ? yes.run(row) : no.run(row)));
};

const choose: Builder = (call) => {
  const args = argumentsOf(call);
  if (args.length < 3 || args.length % 2 === 0) refuse('case() needs pairs and a last value', call.node.start);
  const tests = args
    .filter((_, index) => index % 2 === 0 && index < args.length - 1)
    .map((test) => condition(test, call.node.start));
  const values = meet(
    call,
    args.filter((_, index) => index % 2 === 1 || index === args.length - 1),
  );
  const last = values[values.length - 1] ?? fixed('string', '');
  return derive(last.type, [...tests, ...values], (row) => {
    const hit = tests.findIndex((test) => test.run(row) === true);
    return (hit < 0 ? last : (values[hit] ?? last)).run(row);
  });
};

const coalesce: Builder = (call) => {
  const values = meet(call, argumentsOf(call));
  const type = values[0]?.type ?? 'string';
  return derive(type, values, (row) => {
    for (const value of values) {
      const found = value.run(row);
      if (found !== null && found !== '') return found;
    }
    return missing(type);
  });
};

// max_of and min_of pass over nulls.
const extreme =
  (sign: 1 | -1): Builder =>
  (call) => {
    const values = meet(call, argumentsOf(call));
    const type = values[0]?.type ?? 'long';
    const compare = comparer(type, type, call.node.start);
    return derive(type, values, (row) => {
      let best = null;
      for (const expr of values) {
        const value = expr.run(row);
        if (value !== null && (best === null || compare(value, best) * sign > 0)) best = value;
      }
      return best;
    });
  };

const isnull: Builder = (call) => {
  const value = argument(call, 0);
  return derive('bool', [value], (row) => value.run(row) === null);
};

const isempty: Builder = (call) => {
  const value = argument(call, 0);
  return derive('bool', [value], (row) => {
    const found = value.run(row);
    return found === null || found === '';
  });
};

const negated =
  (builder: Builder): Builder =>
  (call) =>
    not(builder(call));

const gettype: Builder = (call) => {
  const value = argument(call, 0);
  const { type } = value;
  return derive('string', [value], (row) => {
    const found = value.run(row);
    if (type !== 'dynamic')
      return found === null ? refuse(`gettype() of a ${type} that is null is not evaluated`, call.node.start) : type;
    if (found === null) return 'null';
    if (Array.isArray(found)) return 'array';
    if (isBag(found)) return 'dictionary';
    const scalar = scalarTypeOf(found);
    return scalar === 'real' ? 'double' : (scalar ?? 'null');
  });
};

const columnIfExists: Builder = (call) => {
  const name = argument(call, 0);
  const text = name.fixed ? name.run([]) : null;
  if (typeof text !== 'string') return refuse('column_ifexists() needs a constant name', call.node.start);
  const position = call.context.scope.index.get(text);
  if (position === undefined) return argument(call, 1);
  const column = call.context.scope.columns[position];
  return {
    type: column?.type ?? 'string',
    fixed: false,
    run: (row) => row[position] ?? missing(column?.type ?? 'string'),
  };
};

const ingestionTime: Builder = (call) => {
  const position = call.context.scope.columns.findIndex((column) => column.name === INGESTION_TIME);
  if (position < 0)
    return refuse('ingestion_time() is evaluated only on rows that come straight from a table', call.node.start);
  return { type: 'datetime', fixed: false, run: (row) => row[position] ?? null };
};

export const conditionalFunctions: Readonly<Record<string, Builder>> = {
  iff,
  iif: iff,
  case: choose,
  coalesce,
  max_of: extreme(1),
  min_of: extreme(-1),
  isnull,
  isnotnull: negated(isnull),
  notnull: negated(isnull),
  isempty,
  isnotempty: negated(isempty),
  notempty: negated(isempty),
  not: (call) => not(argument(call, 0)),
  gettype,
  column_ifexists: columnIfExists,
  columnifexists: columnIfExists,
  ingestion_time: ingestionTime,
};
