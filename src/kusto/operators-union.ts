import { freeName } from './names.ts';
import { refuse } from './refused.ts';
import type { Env, Session } from './expr.ts';
import { lookUp } from './expr.ts';
import { type Node, items, parameters, part, unwrap, word } from './syntax.ts';
import { type Column, type Row, type Table, type Value, missing, visible } from './values.ts';

type Leg = { readonly table: Table; readonly source: string };
type Place = { readonly name: string; readonly column: Column };

/** union, standing first or fed by a pipe. */
export function unionOf(node: Node, piped: Table | undefined, session: Session, env: Env): Table {
  const given = parameters(node);
  const kind = word(given.get('kind')) ?? 'outer';
  const fuzzy = /^(true|1)$/i.test(word(given.get('isfuzzy')) ?? 'false');
  const source = word(given.get('withsource'));
  const legs: Leg[] = piped === undefined ? [] : [{ table: piped, source: piped.name ?? 'union_arg0' }];
  for (const item of items(node, 'Expressions')) {
    const expression = unwrap(item);
    const index = legs.length;
    if (fuzzy && isMissing(expression, session, env)) continue;
    const table = session.tabular(expression, env);
    legs.push({ table, source: table.name ?? viewName(expression, env) ?? `union_arg${index}` });
  }
  if (legs.length === 0) return refuse('union of tables of which none exists', node.start);
  const places =
    kind === 'inner'
      ? common(legs)
      : kind === 'outer'
        ? merged(legs, source === undefined ? [] : [source])
        : refuse(`union kind=${kind} is not evaluated`, node.start);
  return together(legs, places, source);
}

// A view shows up under its name.
function viewName(node: Node, env: Env): string | undefined {
  const name = node.kind === 'FunctionCallExpression' ? part(node, 'Name').name : node.name;
  const binding = name === '' ? undefined : lookUp(env, name);
  return binding?.kind === 'function' && binding.declaration.parts['ViewKeyword'] !== undefined ? name : undefined;
}

function isMissing(node: Node, session: Session, env: Env): boolean {
  if (node.kind === 'PipeExpression') return isMissing(unwrap(part(node, 'Expression')), session, env);
  return (
    node.kind === 'NameReference' &&
    lookUp(env, node.name) === undefined &&
    session.stored(node.name) === undefined &&
    session.saved(node.name) === undefined
  );
}

/** Every column of every leg; one name with several types becomes a column for each, called name_type. */
function merged(legs: readonly Leg[], reserved: readonly string[]): Place[] {
  const byName = new Map<string, Column[]>();
  for (const { table } of legs) {
    for (const column of visible(table.columns)) {
      const known = byName.get(column.name) ?? [];
      if (!known.some((other) => other.type === column.type)) byName.set(column.name, [...known, column]);
    }
  }
  const taken = new Set<string>(reserved);
  return [...byName.values()].flatMap((columns) =>
    columns.map((column) => {
      const name = freeName(columns.length > 1 ? `${column.name}_${column.type}` : column.name, taken);
      taken.add(name);
      return { name, column };
    }),
  );
}

function common(legs: readonly Leg[]): Place[] {
  const [first, ...rest] = legs;
  if (first === undefined) return [];
  const has = (table: Table, column: Column): boolean =>
    table.columns.some((other) => other.name === column.name && other.type === column.type);
  return visible(first.table.columns)
    .filter((column) => rest.every((leg) => has(leg.table, column)))
    .map((column) => ({ name: column.name, column }));
}

function together(legs: readonly Leg[], places: readonly Place[], source: string | undefined): Table {
  const hidden = legs.flatMap((leg) => leg.table.columns.filter((column) => column.hidden === true)).slice(0, 1);
  const rows = legs.flatMap(({ table, source: name }) => {
    const at = places.map((place) =>
      table.columns.findIndex(
        (column) => column.hidden !== true && column.name === place.column.name && column.type === place.column.type,
      ),
    );
    const hiddenAt = table.columns.findIndex((column) => column.hidden === true);
    return table.rows.map((row): Row => {
      const cells: Value[] = source === undefined ? [] : [name];
      for (const [index, position] of at.entries())
        cells.push(position < 0 ? missing(places[index]?.column.type ?? 'long') : (row[position] ?? null));
      if (hidden.length > 0) cells.push(hiddenAt < 0 ? null : (row[hiddenAt] ?? null));
      return cells;
    });
  });
  const named: Column[] = source === undefined ? [] : [{ name: source, type: 'string' }];
  return { columns: [...named, ...places.map(({ name, column }) => ({ name, type: column.type })), ...hidden], rows };
}
