import { arithmetic, negate } from './arithmetic.ts';
import { coerce } from './coerce.ts';
import { type Relation, relate } from './comparison.ts';
import { compileCall } from './calls.ts';
import { columnAt } from './compile-column.ts';
import { type Context, type Expr, derive, fixed, lookUp } from './expr.ts';
import { hasListOperator, inOperator } from './list-operators.ts';
import { literal } from './literals.ts';
import { and, condition, or } from './logic.ts';
import { elementOf, memberOf } from './paths.ts';
import { refuse } from './refused.ts';
import { isTabular } from './shape.ts';
import { sortedArray } from './array-sort-element.ts';
import { stringOperator } from './string-operators.ts';
import { type Node, part, unwrap } from './syntax.ts';
import { type Value, visible } from './values.ts';

/** A scalar expression as a function of the row. */
export function compile(node: Node, context: Context): Expr {
  switch (node.kind) {
    case 'ParenthesizedExpression':
    case 'SimpleNamedExpression':
    case 'OrderedExpression':
      return compile(part(node, 'Expression'), context);
    case 'LiteralExpression':
    case 'CompoundStringLiteralExpression':
    case 'DynamicExpression': {
      const { type, value } = literal(node);
      return fixed(type, value);
    }
    case 'NameReference':
      return nameReference(node, context);
    case 'BinaryExpression':
      return binary(node, context);
    case 'PrefixUnaryExpression':
      return prefix(node, context);
    case 'InExpression':
      return inOperator(node, context);
    case 'HasAnyExpression':
    case 'HasAllExpression':
      return hasListOperator(node, context);
    case 'BetweenExpression':
      return between(node, context);
    case 'PathExpression':
      return path(node, context);
    case 'ElementExpression':
      return (
        sortedArray(node, context) ??
        elementOf(
          compile(part(node, 'Expression'), context),
          compile(part(part(node, 'Selector'), 'Expression'), context),
          node.start,
        )
      );
    case 'FunctionCallExpression':
      return context.aggregate?.(node) ?? compileCall(node, context);
    case 'ToScalarExpression':
      return toScalar(node, context);
    default:
      return refuse(`${node.kind} is not evaluated as a scalar`, node.start);
  }
}

function nameReference(node: Node, context: Context): Expr {
  const { name } = node;
  const position = context.scope.index.get(name);
  if (position !== undefined) return columnAt(context.scope, position);
  const binding = lookUp(context.env, name);
  if (binding?.kind === 'scalar') {
    if (binding.scope !== undefined && binding.scope.cursor !== context.scope.cursor) {
      refuse(`${name} depends on a row of another table, which is not evaluated here`, node.start);
    }
    return binding.expr;
  }
  if (binding !== undefined) return refuse(`${name} is no scalar`, node.start);
  return refuse(`the column ${name} does not exist here`, node.start);
}

function binary(node: Node, context: Context): Expr {
  const operator = part(node, 'Operator').text.toLowerCase().replace(/\s+/g, ' ');
  const leftNode = part(node, 'Left');
  if (leftNode.kind === 'StarExpression') return anyColumn(operator, part(node, 'Right'), context, node.start);
  const left = compile(leftNode, context);
  const right = compile(part(node, 'Right'), context);
  switch (operator) {
    case 'and':
      return and(condition(left, node.start), condition(right, node.start));
    case 'or':
      return or(condition(left, node.start), condition(right, node.start));
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(operator, left, right, node.start);
    case '==':
    case '!=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return relate(operator satisfies Relation, left, right, node.start);
    default:
      return stringOperator(operator, left, right) ?? refuse(`the operator ${operator} is not evaluated`, node.start);
  }
}

// where * has "x": any string or dynamic column of the row.
function anyColumn(operator: string, rightNode: Node, context: Context, position: number): Expr {
  if (operator.startsWith('!')) refuse(`* ${operator} is not evaluated`, position);
  const right = compile(rightNode, context);
  const tests = visible(context.scope.columns).map((column) => {
    const expr = columnAt(context.scope, context.scope.columns.indexOf(column));
    const test = stringOperator(operator, coerce(expr, 'string'), right);
    if (test !== undefined) return test;
    return operator === '==' && column.type === right.type ? relate('==', expr, right, position) : undefined;
  });
  const used = tests.filter((test) => test !== undefined);
  if (used.length === 0) refuse(`* ${operator} is not evaluated here`, position);
  return { type: 'bool', fixed: false, run: (row) => used.some((test) => test.run(row) === true) };
}

function prefix(node: Node, context: Context): Expr {
  const operand = compile(part(node, 'Expression'), context);
  const operator = part(node, 'Operator').text;
  if (operator === '-') return negate(operand, node.start);
  if (operator === '+') return operand;
  return refuse(`the operator ${operator} is not evaluated`, node.start);
}

function between(node: Node, context: Context): Expr {
  const value = compile(part(node, 'Left'), context);
  const couple = part(node, 'Right');
  const low = compile(part(couple, 'First'), context);
  const given = compile(part(couple, 'Second'), context);
  const high = low.type === 'datetime' && given.type === 'timespan' ? arithmetic('+', low, given, node.start) : given;
  const inside = and(relate('>=', value, low, node.start), relate('<=', value, high, node.start));
  if (!part(node, 'Operator').text.startsWith('!')) return inside;
  return or(relate('<', value, low, node.start), relate('>', value, high, node.start));
}

function path(node: Node, context: Context): Expr {
  const selector = part(node, 'Selector');
  const base = compile(part(node, 'Expression'), context);
  if (selector.kind === 'BracketedExpression')
    return elementOf(base, compile(part(selector, 'Expression'), context), node.start);
  if (selector.kind !== 'NameReference') return refuse(`.${selector.kind} is not evaluated`, node.start);
  return memberOf(base, selector.name, node.start);
}

function toScalar(node: Node, context: Context): Expr {
  const expression = unwrap(part(node, 'Expression'));
  if (!isTabular(expression, context.env, context.session)) return compile(expression, context);
  const table = context.session.tabular(expression, context.env, undefined, context);
  const column = visible(table.columns)[0];
  if (column === undefined) return refuse('toscalar() of a table without columns is not evaluated', node.start);
  const value: Value = table.rows[0]?.[table.columns.indexOf(column)] ?? (column.type === 'string' ? '' : null);
  return derive(column.type, [], () => value);
}
