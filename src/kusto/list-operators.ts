import { scalarTypeOf, toDynamic, untag } from './cast.ts';
import { coerce, commonType } from './coerce.ts';
import { comparer } from './comparison.ts';
import { type Context, type Expr } from './expr.ts';
import { refuse } from './refused.ts';
import { isTabular } from './shape.ts';
import { hasTerms } from './string-operators.ts';
import { type Node, items, part } from './syntax.ts';
import { fold } from './text.ts';
import { type Dynamic, type KqlType, type Row, type Value, isArray, isTagged, visible } from './values.ts';

type List = { readonly fixed: boolean; values(row: Row): readonly Dynamic[] };

/** x in (…), x !in (…), x in~ (…), x !in~ (…) */
export function inOperator(node: Node, context: Context): Expr {
  const operator = part(node, 'Operator').text.toLowerCase();
  const negated = operator.startsWith('!');
  const left = context.session.compile(part(node, 'Left'), context);
  const list = listOf(part(node, 'Right'), context);
  const member = operator.endsWith('~') ? foldedMember(left, list) : exactMember(left, list, node.start);
  return { type: 'bool', fixed: left.fixed && list.fixed, run: (row) => member(row) !== negated };
}

function foldedMember(left: Expr, list: List): (row: Row) => boolean {
  const text = coerce(left, 'string');
  let known: Set<string> | undefined;
  return (row) => {
    const set = known ?? new Set(texts(list.values(row)).map(fold));
    if (list.fixed) known = set;
    return set.has(fold(text.run(row) as string));
  };
}

function exactMember(left: Expr, list: List, position: number): (row: Row) => boolean {
  if (left.type === 'string') {
    let known: Set<string> | undefined;
    return (row) => {
      const set = known ?? new Set(texts(list.values(row)));
      if (list.fixed) known = set;
      return set.has(left.run(row) as string);
    };
  }
  return (row) => {
    const raw = left.run(row);
    const values = list.values(row);
    if (raw === null) {
      return values.includes(null)
        ? refuse('whether null is in a list that holds null is not evaluated', position)
        : false;
    }
    const type = left.type === 'dynamic' ? scalarTypeOf(raw) : left.type;
    if (type === undefined) return refuse('in with an array or a bag on its left is not evaluated', position);
    const value = left.type === 'dynamic' ? untag(raw) : raw;
    return values.some((candidate) => same(value, type, candidate, position));
  };
}

function same(value: Value, type: KqlType, candidate: Dynamic, position: number): boolean {
  if (candidate === null) return false;
  const other = scalarTypeOf(candidate);
  if (other === undefined || commonType(type, other) === undefined) {
    return refuse(`in between a ${type} and a value of another type is not evaluated`, position);
  }
  return comparer(type, other, position)(value, untag(candidate)) === 0;
}

function texts(values: readonly Dynamic[]): string[] {
  return values.map((value) => {
    if (typeof value === 'string') return value;
    if (isTagged(value) && value.tag === 'guid') return value.text;
    return refuse('a list of strings that holds another type is not evaluated: convert it');
  });
}

/** x has_any (…) and x has_all (…) */
export function hasListOperator(node: Node, context: Context): Expr {
  const operator = part(node, 'Operator').text.toLowerCase();
  const left = context.session.compile(part(node, 'Left'), context);
  const list = listOf(part(node, 'Right'), context);
  return hasTerms(left, (row) => texts(list.values(row)), operator === 'has_all');
}

/** The values in brackets: scalars, arrays (flattened), or the first column of a table. */
export function listOf(node: Node, context: Context): List {
  const nodes = node.kind === 'ExpressionList' ? items(node, 'Expressions') : [node];
  const parts = nodes.map((item) => itemOf(item, context));
  return {
    fixed: parts.every((item) => item.fixed),
    values: (row) => (parts.length === 1 ? (parts[0]?.values(row) ?? []) : parts.flatMap((item) => item.values(row))),
  };
}

function itemOf(node: Node, context: Context): List {
  if (isTabular(node, context.env, context.session)) {
    let values: readonly Dynamic[] | undefined;
    return {
      fixed: true,
      values: () => {
        values ??= firstColumn(node, context);
        return values;
      },
    };
  }
  const expr = context.session.compile(node, context);
  return {
    fixed: expr.fixed,
    values: (row) => {
      const value = toDynamic(expr.run(row), expr.type);
      return isArray(value) ? value : expr.type === 'dynamic' && value === null ? [] : [value];
    },
  };
}

function firstColumn(node: Node, context: Context): readonly Dynamic[] {
  const table = context.session.tabular(node, context.env, undefined, context);
  const column = visible(table.columns)[0];
  if (column === undefined) return refuse('a table without columns as a list is not evaluated', node.start);
  const at = table.columns.indexOf(column);
  return table.rows.map((row) => toDynamic(row[at] ?? null, column.type));
}
