import { sortArrays } from './array-sort.ts';
import { type Context, type Expr, derive } from './expr.ts';
import { refuse } from './refused.ts';
import { type Node, items, part } from './syntax.ts';

/** array_sort_asc(a, b)[1]: sorting several arrays gives several, of which a number picks one. */
export function sortedArray(node: Node, context: Context): Expr | undefined {
  const call = part(node, 'Expression');
  if (call.kind !== 'FunctionCallExpression') return undefined;
  const { name } = part(call, 'Name');
  const args = items(part(call, 'ArgumentList'), 'Expressions');
  if ((name !== 'array_sort_asc' && name !== 'array_sort_desc') || args.length < 2) return undefined;
  const exprs = args.map((arg) => context.session.compile(arg, context));
  const types = exprs.map((expr) => expr.type);
  if (types[types.length - 1] === 'bool' && exprs.length === 2) return undefined;
  const at = context.session.compile(part(part(node, 'Selector'), 'Expression'), context);
  const index = at.fixed ? at.run([]) : null;
  if (typeof index !== 'bigint')
    return refuse(`${name}() of several arrays needs a constant number behind it`, node.start);
  return derive(
    'dynamic',
    exprs,
    (row) =>
      sortArrays(
        exprs.map((expr) => expr.run(row)),
        types,
        name === 'array_sort_desc',
      )[Number(index)] ?? null,
  );
}
