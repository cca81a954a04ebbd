import { coerce } from './coerce.ts';
import { type Context, type Expr, derive } from './expr.ts';
import { refuse } from './refused.ts';
import { type Node, part } from './syntax.ts';
import type { KqlType, Value } from './values.ts';

export type Call = {
  readonly name: string;
  readonly node: Node;
  readonly nodes: readonly Node[];
  readonly context: Context;
};
export type Builder = (call: Call) => Expr;

export function argument(call: Call, index: number): Expr {
  const node = call.nodes[index];
  if (node === undefined) return refuse(`${call.name}() needs more arguments`, call.node.start);
  return call.context.session.compile(node, call.context);
}

export function argumentsOf(call: Call): Expr[] {
  return call.nodes.map((_, index) => argument(call, index));
}

/** What a parameter type turns into when it runs. */
type Plain = {
  bool: boolean;
  int: number;
  long: bigint;
  real: number;
  string: string;
  datetime: bigint;
  timespan: bigint;
  guid: string;
  dynamic: Value;
};
type Optional<T extends string> = T extends `${infer Base}?`
  ? Base extends KqlType
    ? Plain[Base] | undefined
    : never
  : T extends KqlType
    ? Plain[T]
    : never;
type Arguments<P extends readonly (KqlType | `${KqlType}?`)[]> = { [I in keyof P]: Optional<P[I] & string> };

/**
 * A function of typed parameters (`?` marks an optional one) that is null when any argument is null; a dynamic argument may be null and the
 * function sees it.
 */
export function simple<const P extends readonly (KqlType | `${KqlType}?`)[]>(
  type: KqlType,
  params: P,
  apply: (...args: Arguments<P>) => Value,
): Builder {
  return (call) => {
    const args = params.flatMap((param, index) => {
      if (call.nodes[index] === undefined) return [];
      return [coerce(argument(call, index), param.replace('?', '') as KqlType, call.nodes[index]?.start)];
    });
    if (call.nodes.length > params.length)
      refuse(`${call.name}() with ${call.nodes.length} arguments is not evaluated`, call.node.start);
    return derive(type, args, (row) => {
      const values: Value[] = [];
      for (const arg of args) {
        const value = arg.run(row);
        if (value === null && arg.type !== 'dynamic') return null;
        values.push(value);
      }
      return apply(...(values as unknown as Arguments<P>));
    });
  };
}

/** The text of an argument that must be the same for every row. */
export function constantText(call: Call, index: number): string {
  const value = constantValue(call, index);
  return typeof value === 'string'
    ? value
    : refuse(`${call.name}() with this argument is not evaluated`, call.node.start);
}

export function constantValue(call: Call, index: number): Value {
  const expr = argument(call, index);
  if (!expr.fixed) return refuse(`argument ${index + 1} of ${call.name}() must be constant`, call.node.start);
  return expr.run([]);
}

/** typeof(long) as an argument; undefined for anything else. */
export function typeArgument(node: Node | undefined): string | undefined {
  if (node?.kind !== 'TypeOfLiteralExpression') return undefined;
  const types = part(node, 'Types').items;
  return types.length === 1 ? types[0]?.text : undefined;
}
