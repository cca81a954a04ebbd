import { coerce } from './coerce.ts';
import { type Binding, type Context, type Env, type Scope, NO_SCOPE, nested } from './expr.ts';
import { refuse } from './refused.ts';
import { isTabular } from './shape.ts';
import { type Node, items, part } from './syntax.ts';
import { type Table, typeNamed, visible } from './values.ts';

type FunctionBinding = Extract<Binding, { readonly kind: 'function' }>;

/** A call's environment: parameters bound to the arguments, then the body's let statements. */
export function enter(
  callee: FunctionBinding,
  args: readonly Node[],
  context: Context,
  piped?: Table,
): { readonly env: Env; readonly scope: Scope } {
  const env = nested(callee.env);
  // The caller's columns are out of sight in the body, but arguments may read its row.
  const scope: Scope = { columns: [], index: new Map(), cursor: context.scope.cursor };
  const declared = items(part(callee.declaration, 'Parameters'), 'Parameters');
  const named = new Map(
    args
      .filter((arg) => arg.kind === 'SimpleNamedExpression')
      .map((arg) => [part(arg, 'Name').name, part(arg, 'Expression')]),
  );
  const positional = args.filter((arg) => arg.kind !== 'SimpleNamedExpression');
  let next = 0;
  for (const [position, parameter] of declared.entries()) {
    const nameAndType = part(parameter, 'NameAndType');
    const { name } = part(nameAndType, 'Name');
    if (position === 0 && piped !== undefined) {
      env.names.set(name, { kind: 'table', table: () => asDeclared(piped, part(nameAndType, 'Type')) });
      continue;
    }
    const arg = named.get(name) ?? positional[next++];
    env.names.set(
      name,
      arg === undefined ? byDefault(parameter, callee.env, context) : bind(part(nameAndType, 'Type'), arg, context),
    );
  }
  bindStatements(items(part(callee.declaration, 'Body'), 'Statements'), env, { ...context, env, scope });
  return { env, scope };
}

function bind(type: Node, arg: Node, context: Context): Binding {
  if (type.kind === 'SchemaTypeExpression') {
    let table: Table | undefined;
    return {
      kind: 'table',
      table: () => (table ??= asDeclared(context.session.tabular(arg, context.env, undefined, context), type)),
    };
  }
  const expr = coerce(context.session.compile(arg, context), typeNamed(type.text, type.start), arg.start);
  return { kind: 'scalar', expr, scope: expr.fixed ? undefined : context.scope };
}

// Whether a body sees columns of its argument beyond the declared ones is not documented.
function asDeclared(table: Table, type: Node): Table {
  const declared = items(type, 'Columns');
  if (declared.some((column) => column.kind !== 'NameAndTypeDeclaration')) return table;
  const names = new Set(declared.map((column) => part(column, 'Name').name));
  const extra = visible(table.columns).find((column) => !names.has(column.name));
  return extra === undefined
    ? table
    : refuse(`a table argument with the column ${extra.name} beyond the declared ones is not evaluated`, type.start);
}

function byDefault(parameter: Node, env: Env, context: Context): Binding {
  const value = parameter.parts['DefaultValue'];
  if (value === undefined) return refuse('a function is called without a required argument', parameter.start);
  return bind(part(part(parameter, 'NameAndType'), 'Type'), part(value, 'Value'), { ...context, env, scope: NO_SCOPE });
}

/** Binds let statements; each is worked out at its first use and once. */
export function bindStatements(statements: readonly Node[], env: Env, context: Context): void {
  for (const statement of statements) {
    switch (statement.kind) {
      case 'LetStatement':
        env.names.set(part(statement, 'Name').name, letBinding(part(statement, 'Expression'), { ...context, env }));
        break;
      case 'SetOptionStatement':
      case 'ExpressionStatement':
        break;
      default:
        refuse(`${statement.kind} is not evaluated`, statement.start);
    }
  }
}

function letBinding(expression: Node, context: Context): Binding {
  // Statements see only those before them, so later ones must not leak into what is worked out later.
  const seen = { ...context, env: { parent: context.env.parent, names: new Map(context.env.names) } };
  if (expression.kind === 'FunctionDeclaration') return { kind: 'function', declaration: expression, env: seen.env };
  if (isTabular(expression, seen.env, seen.session)) {
    let table: Table | undefined;
    return {
      kind: 'table',
      table: () => (table ??= unnamed(context.session.tabular(expression, seen.env, undefined, seen))),
    };
  }
  const expr = context.session.compile(expression, seen);
  return { kind: 'scalar', expr, scope: expr.fixed ? undefined : context.scope };
}

function unnamed(table: Table): Table {
  return { columns: table.columns, rows: table.rows };
}
