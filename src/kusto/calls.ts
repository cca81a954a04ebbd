import { enter } from './user-function.ts';
import { type Context, type Expr, lookUp } from './expr.ts';
import { builtin } from './functions.ts';
import { refuse } from './refused.ts';
import { type Node, items, part } from './syntax.ts';

/** A call in a scalar expression: one of the query's functions, a saved one, or a built-in. */
export function compileCall(node: Node, context: Context): Expr {
  const { name } = part(node, 'Name');
  const args = items(part(node, 'ArgumentList'), 'Expressions');
  const own = lookUp(context.env, name) ?? context.session.saved(name);
  if (own?.kind === 'function') {
    const { env, scope } = enter(own, args, context);
    return context.session.compile(part(part(own.declaration, 'Body'), 'Expression'), {
      session: context.session,
      env,
      scope,
    });
  }
  const build = builtin(name);
  if (build === undefined) return refuse(`the function ${name}() is not evaluated`, node.start);
  return build({ name, node, nodes: args, context });
}
