import { coerce } from './coerce.ts';
import { wrap64 } from './numbers.ts';
import { type Builder, argument } from './function-kit.ts';
import { condition } from './logic.ts';
import { refuse } from './refused.ts';
import { type Value, missing } from './values.ts';

// Counting goes wrong when a row is passed over, as inside iff(): then it is refused.
function inOrder(index: number, last: number, position: number): number {
  return index === 0 || index === last + 1
    ? index
    : refuse('a running count that is not worked out for every row is not evaluated', position);
}

// These see the rows around theirs through the scope's cursor, which the operators move.
const neighbour =
  (direction: 1 | -1): Builder =>
  (call) => {
    const value = argument(call, 0);
    const offset = call.nodes[1] === undefined ? undefined : coerce(argument(call, 1), 'long');
    const fallback = call.nodes[2] === undefined ? undefined : argument(call, 2);
    const { cursor } = call.context.scope;
    const exact = fallback === undefined ? undefined : coerce(fallback, value.type, call.node.start);
    return {
      type: value.type,
      fixed: false,
      run: (row) => {
        const distance = Number(offset?.run(row) ?? 1n) * direction;
        const { rows, index } = cursor;
        const other = rows[index + distance];
        if (other === undefined) return exact === undefined ? missing(value.type) : exact.run(row);
        return value.run(other);
      },
    };
  };

const rowNumber: Builder = (call) => {
  const start = call.nodes[0] === undefined ? undefined : coerce(argument(call, 0), 'long');
  const restart = call.nodes[1] === undefined ? undefined : condition(argument(call, 1), call.node.start);
  const { cursor } = call.context.scope;
  let count = 0n;
  let last = -1;
  return {
    type: 'long',
    fixed: false,
    run: (row) => {
      last = inOrder(cursor.index, last, call.node.start);
      const first = start?.run(row) ?? 1n;
      if (typeof first !== 'bigint') return refuse('row_number() from null is not evaluated', call.node.start);
      if (cursor.index === 0 || restart?.run(row) === true) count = first;
      else count++;
      return count;
    },
  };
};

const cumulative: Builder = (call) => {
  const value = argument(call, 0);
  const restart = call.nodes[1] === undefined ? undefined : condition(argument(call, 1), call.node.start);
  const { cursor } = call.context.scope;
  const type = value.type === 'int' ? 'long' : value.type;
  if (type !== 'long' && type !== 'real' && type !== 'timespan')
    return refuse(`row_cumsum() of a ${type} is not evaluated`, call.node.start);
  const zero: Value = type === 'real' ? 0 : 0n;
  let sum: Value = zero;
  let last = -1;
  return {
    type,
    fixed: false,
    run: (row) => {
      last = inOrder(cursor.index, last, call.node.start);
      if (cursor.index === 0 || restart?.run(row) === true) sum = zero;
      const term = value.run(row);
      if (term !== null)
        sum = type === 'real' ? Number(sum) + Number(term) : wrap64((sum as bigint) + BigInt(term as number | bigint));
      return sum;
    },
  };
};

export const windowFunctions: Readonly<Record<string, Builder>> = {
  prev: neighbour(-1),
  next: neighbour(1),
  row_number: rowNumber,
  row_cumsum: cumulative,
};
