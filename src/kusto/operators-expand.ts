import { convert, toDynamic } from './cast.ts';
import type { Expr } from './expr.ts';
import { typeArgument } from './function-kit.ts';
import { freeName, givenName, namedValue } from './names.ts';
import { refuse } from './refused.ts';
import { constantCount } from './operators-rows.ts';
import { type Flow, type Operator, visit } from './rows.ts';
import { type Node, items, parameters, part, word } from './syntax.ts';
import {
  type Column,
  type Dynamic,
  type KqlType,
  type Row,
  type Table,
  type Value,
  isArray,
  isBag,
  missing,
  typeNamed,
  visible,
} from './values.ts';

type Source = { readonly name: string; readonly expr: Expr; readonly type: KqlType };
type Expansion = {
  readonly sources: readonly Source[];
  readonly index: string | undefined;
  readonly asArrays: boolean;
  readonly limit: number;
};

function expansionOf(node: Node, flow: Flow): Expansion {
  const given = parameters(node);
  const shape = word(given.get('kind')) ?? word(given.get('bagexpansion')) ?? 'bag';
  if (shape !== 'bag' && shape !== 'array') refuse(`expansion into ${shape} is not evaluated`, node.start);
  const limitNode = node.parts['RowLimitClause'];
  const sources = items(node, 'Expressions').map((item): Source => {
    const expression = part(item, 'Expression');
    const value = namedValue(expression);
    const expr = flow.session.compile(value, flow.context);
    const name = givenName(expression) ?? item.implied ?? nameOf(expression);
    const typeClause = item.parts['ToTypeOf'];
    const type =
      typeClause === undefined ? 'dynamic' : typeNamed(typeArgument(part(typeClause, 'TypeOf')) ?? '', item.start);
    if (expr.type !== 'dynamic') refuse(`expanding a ${expr.type} is not evaluated`, item.start);
    return { name, expr, type };
  });
  return {
    sources,
    index: word(given.get('with_itemindex')),
    asArrays: shape === 'array',
    limit: limitNode === undefined ? Number.POSITIVE_INFINITY : constantCount(part(limitNode, 'RowLimit'), flow),
  };
}

function nameOf(expression: Node): string {
  if (expression.kind === 'NameReference') return expression.name;
  if (expression.kind === 'PathExpression')
    return `${nameOf(part(expression, 'Expression'))}_${part(expression, 'Selector').name}`;
  return 'Column1';
}

/** The values of a row's sources side by side: as many rows as the longest has, the shorter ones filled with null. */
function unrolled(expansion: Expansion, row: Row): Value[][] {
  const lists = expansion.sources.map(({ expr, type }) =>
    valuesOf(toDynamic(expr.run(row), expr.type), expansion.asArrays).map((value) => convert(value, 'dynamic', type)),
  );
  const longest = Math.min(Math.max(0, ...lists.map((list) => list.length)), expansion.limit);
  return Array.from({ length: longest }, (_, index) => {
    const cells: Value[] = lists.map((list, at) => list[index] ?? missing(expansion.sources[at]?.type ?? 'dynamic'));
    return expansion.index === undefined ? cells : [...cells, BigInt(index)];
  });
}

function valuesOf(value: Dynamic, asArrays: boolean): readonly Dynamic[] {
  if (isArray(value)) return value;
  if (isBag(value)) return [...value].map(([key, item]) => (asArrays ? [key, item] : new Map([[key, item]])));
  return [value];
}

const mvExpand: Operator = (node, flow) => {
  const expansion = expansionOf(node, flow);
  const columns: Column[] = [...flow.table.columns];
  const places = expansion.sources.map(({ name, type }) => {
    const known = columns.findIndex((column) => column.name === name && column.hidden !== true);
    if (known < 0) return columns.push({ name, type }) - 1;
    columns[known] = { name, type };
    return known;
  });
  if (expansion.index !== undefined)
    places.push(
      columns.push({ name: freeName(expansion.index, new Set(columns.map((column) => column.name))), type: 'long' }) -
        1,
    );
  const rows: Row[] = [];
  visit(flow, (row) => {
    for (const cells of unrolled(expansion, row)) {
      const copy: Value[] = [...row];
      for (const [at, cell] of cells.entries()) copy[places[at] ?? 0] = cell;
      rows.push(copy);
    }
  });
  return { columns, rows };
};

/** For each row the sub-query over its expanded values; the row's own columns are in sight there but are no part of its result. */
const mvApply: Operator = (node, flow) => {
  if (node.parts['ContextIdClause'] !== undefined) refuse('mv-apply with id is not evaluated', node.start);
  const expansion = expansionOf(node, flow);
  const expression = part(part(node, 'Subquery'), 'Expression');
  const inner: Column[] = expansion.sources.map(({ name, type }) => ({ name, type }));
  if (expansion.index !== undefined) inner.push({ name: expansion.index, type: 'long' });
  const context: Column[] = flow.table.columns.map((column) => ({ ...column, hidden: true }));
  const replaced = new Set(
    items(node, 'Expressions').flatMap((item) =>
      part(item, 'Expression').kind === 'NameReference' ? [part(item, 'Expression').name] : [],
    ),
  );
  const run = (row: Row): Table => {
    const table = {
      columns: [...context, ...inner],
      rows: unrolled(expansion, row).map((cells) => [...row, ...cells]),
    };
    const result = flow.session.tabular(expression, flow.env, table);
    const shown = visible(result.columns);
    const at = shown.map((column) => result.columns.indexOf(column));
    return { columns: shown, rows: result.rows.map((cells) => at.map((position) => cells[position] ?? null)) };
  };
  const results = flow.table.rows.map(run);
  const added = (
    results[0] ?? flowless(flow.session.tabular(expression, flow.env, { columns: [...context, ...inner], rows: [] }))
  ).columns;
  const columns: Column[] = flow.table.columns.filter((column) => column.hidden === true || !replaced.has(column.name));
  const kept = flow.table.columns.flatMap((column, at) =>
    column.hidden === true || !replaced.has(column.name) ? [at] : [],
  );
  const places = added.map((column) => {
    const known = columns.findIndex((other) => other.name === column.name && other.hidden !== true);
    if (known < 0) return columns.push(column) - 1;
    columns[known] = column;
    return known;
  });
  const rows = results.flatMap((result, index) =>
    result.rows.map((cells) => {
      const copy: Value[] = kept.map((at) => flow.table.rows[index]?.[at] ?? null);
      for (const [at, cell] of cells.entries()) copy[places[at] ?? 0] = cell;
      return copy;
    }),
  );
  return { columns, rows };
};

function flowless(table: Table): Table {
  return { columns: visible(table.columns), rows: [] };
}

export const expandOperators: Readonly<Record<string, Operator>> = {
  MvExpandOperator: mvExpand,
  MvApplyOperator: mvApply,
};
