import { compile } from './compile.ts';
import { type Binding, type Context, type Env, NO_SCOPE, type Session, lookUp } from './expr.ts';
import { applyOperator } from './operators.ts';
import { datatable, print, range } from './operators-source.ts';
import { unionOf } from './operators-union.ts';
import { refuse } from './refused.ts';
import { type Node, items, part } from './syntax.ts';
import { enter } from './user-function.ts';
import type { Table } from './values.ts';

export type Sources = {
  readonly now: bigint;
  stored(name: string): Table | undefined;
  saved(name: string): Binding | undefined;
  watchlist(alias: string): Table;
};

/** One run of one query over one set of tables. */
export function makeSession(sources: Sources): Session {
  const session: Session = {
    now: sources.now,
    stored: (name) => sources.stored(name),
    saved: (name) => sources.saved(name),
    watchlist: (alias) => sources.watchlist(alias),
    compile,
    tabular: (node, env, input, outer) => tabular(node, env, session, input, outer),
  };
  return session;
}

function tabular(node: Node, env: Env, session: Session, input?: Table, outer?: Context): Table {
  switch (node.kind) {
    case 'ParenthesizedExpression':
    case 'MaterializeExpression':
    case 'ToTableExpression':
      return tabular(part(node, 'Expression'), env, session, input, outer);
    case 'PipeExpression':
      return applyOperator(
        part(node, 'Operator'),
        tabular(part(node, 'Expression'), env, session, input, outer),
        session,
        env,
      );
    case 'DataTableExpression':
      return datatable(node, session, env);
    case 'PrintOperator':
      return print(node, session, env);
    case 'RangeOperator':
      return range(node, session, env);
    case 'UnionOperator':
      return unionOf(node, input, session, env);
    case 'NameReference':
      return named(node, env, session, outer);
    case 'FunctionCallExpression':
      return called(node, env, session, outer);
    default:
      if (input !== undefined) return applyOperator(node, input, session, env);
      return refuse(`${node.kind} is not evaluated as a table`, node.start);
  }
}

function named(node: Node, env: Env, session: Session, outer: Context | undefined): Table {
  const binding = lookUp(env, node.name);
  if (binding?.kind === 'table') return shared(binding.table());
  if (binding?.kind === 'function') return run(binding, [], env, session, outer);
  if (binding !== undefined) return refuse(`${node.name} is no table`, node.start);
  const stored = session.stored(node.name);
  if (stored !== undefined) return stored;
  const saved = session.saved(node.name);
  if (saved?.kind === 'function') return run(saved, [], env, session, outer);
  return refuse(`the table ${node.name} does not exist`, node.start);
}

// What has a name may be read again: nobody may add cells to its rows.
function shared(table: Table): Table {
  return { columns: table.columns, rows: table.rows, ...(table.name === undefined ? {} : { name: table.name }) };
}

function called(node: Node, env: Env, session: Session, outer: Context | undefined): Table {
  const { name } = part(node, 'Name');
  const args = items(part(node, 'ArgumentList'), 'Expressions');
  const own = lookUp(env, name) ?? session.saved(name);
  if (own?.kind === 'function') return run(own, args, env, session, outer);
  const [first] = args;
  if (first === undefined) return refuse(`the function ${name}() is not evaluated`, node.start);
  switch (name) {
    case 'materialize':
      return tabular(first, env, session, undefined, outer);
    case '_GetWatchlist':
    case 'table': {
      const expr = session.compile(first, outer ?? { session, env, scope: NO_SCOPE });
      const text = expr.fixed ? expr.run([]) : null;
      if (typeof text !== 'string') return refuse(`${name}() needs a constant text`, node.start);
      if (name === '_GetWatchlist') return session.watchlist(text);
      return session.stored(text) ?? refuse(`the table ${text} does not exist`, node.start);
    }
    default:
      return refuse(`the function ${name}() is not evaluated`, node.start);
  }
}

function run(
  callee: Extract<Binding, { readonly kind: 'function' }>,
  args: readonly Node[],
  env: Env,
  session: Session,
  outer: Context | undefined,
): Table {
  const context = outer ?? { session, env, scope: NO_SCOPE };
  const inner = enter(callee, args, { ...context, env });
  return tabular(part(part(callee.declaration, 'Body'), 'Expression'), inner.env, session, undefined, {
    session,
    env: inner.env,
    scope: inner.scope,
  });
}
