import { type Env, type Session, lookUp } from './expr.ts';
import { type Node, items, part, unwrap } from './syntax.ts';

const TABULAR_CALLS = new Set(['materialize', 'table', '_GetWatchlist', 'view']);

/** Whether an expression gives a table rather than a scalar. */
export function isTabular(node: Node, env: Env, session: Session): boolean {
  const expression = unwrap(node);
  switch (expression.kind) {
    case 'PipeExpression':
    case 'DataTableExpression':
    case 'ContextualDataTableExpression':
    case 'MaterializeExpression':
    case 'ToTableExpression':
      return true;
    case 'NameReference': {
      const binding = lookUp(env, expression.name);
      if (binding === undefined)
        return session.stored(expression.name) !== undefined || callsTable(expression.name, env, session);
      return binding.kind === 'table' || (binding.kind === 'function' && callsTable(expression.name, env, session));
    }
    case 'FunctionCallExpression': {
      const { name } = part(expression, 'Name');
      return TABULAR_CALLS.has(name) || callsTable(name, env, session);
    }
    default:
      return expression.kind.endsWith('Operator');
  }
}

function callsTable(name: string, env: Env, session: Session): boolean {
  const binding = lookUp(env, name) ?? session.saved(name);
  if (binding?.kind !== 'function') return false;
  const body = part(binding.declaration, 'Body');
  const expression = unwrap(part(body, 'Expression'));
  const local =
    expression.kind === 'NameReference'
      ? localShape(binding.declaration, expression.name, binding.env, session)
      : undefined;
  return local ?? isTabular(expression, binding.env, session);
}

// A body that is only a name: a parameter or one of the body's own let statements.
function localShape(declaration: Node, name: string, env: Env, session: Session): boolean | undefined {
  for (const statement of items(part(declaration, 'Body'), 'Statements')) {
    if (statement.kind !== 'LetStatement' || part(statement, 'Name').name !== name) continue;
    const expression = part(statement, 'Expression');
    return expression.kind === 'NameReference'
      ? localShape(declaration, expression.name, env, session)
      : isTabular(expression, env, session);
  }
  for (const parameter of items(part(declaration, 'Parameters'), 'Parameters')) {
    const declared = part(parameter, 'NameAndType');
    if (part(declared, 'Name').name === name) return part(declared, 'Type').kind === 'SchemaTypeExpression';
  }
  return undefined;
}
