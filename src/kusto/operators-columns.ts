import { type Expr } from './expr.ts';
import { freeName, givenName, givenNames, namedValue, numbered } from './names.ts';
import { refuse } from './refused.ts';
import { type Flow, type Operator, mapRows } from './rows.ts';
import { sortArrays } from './array-sort.ts';
import { type Node, items, part } from './syntax.ts';
import { type Column, type Row, type Table, type Value, visible } from './values.ts';

type Output = {
  readonly name: string;
  readonly expr: Expr;
  /** whether `name = …` chose the name */ readonly given: boolean;
};

/** The named expressions of project, extend and print, tuples spread out. */
export function outputs(nodes: readonly Node[], flow: Flow, taken: ReadonlySet<string>, print?: number): Output[] {
  const explicit = new Set([...taken, ...nodes.flatMap((node) => givenName(node) ?? givenNames(node) ?? [])]);
  const next = print === undefined ? numbered('Column', 1, explicit) : numbered('print_', print, explicit);
  return nodes.flatMap((node) => {
    const value = namedValue(node);
    const names = givenNames(node);
    const tuple = tupleOf(value, flow);
    if (tuple !== undefined && (names !== undefined || givenName(node) === undefined)) {
      return tuple.map((expr, index) => {
        const name = names?.[index];
        return { name: name ?? sortedName(value, index), expr, given: name !== undefined };
      });
    }
    if (names !== undefined) return refuse('several names for one value are not evaluated', node.start);
    const expr = flow.session.compile(value, flow.context);
    const name = givenName(node);
    const implied = print === undefined ? (columnIfExists(value, flow) ?? node.implied) : undefined;
    return [
      { name: name ?? (implied === undefined || implied === '' ? next() : implied), expr, given: name !== undefined },
    ];
  });
}

function sortedName(call: Node, index: number): string {
  const argument = items(part(call, 'ArgumentList'), 'Expressions')[index]?.implied;
  return `${argument === undefined || argument === '' ? `array${index}` : argument}_sorted`;
}

// column_ifexists("x", …) is called x when there is such a column, which the binder's rule alone cannot tell.
function columnIfExists(value: Node, flow: Flow): string | undefined {
  if (value.kind !== 'FunctionCallExpression' || !/^column_?ifexists$/.test(part(value, 'Name').name)) return undefined;
  const name = items(part(value, 'ArgumentList'), 'Expressions')[0]?.literal;
  return name !== undefined && flow.scope.index.has(name) ? name : undefined;
}

// array_sort_asc(a, b) gives a column for each array.
function tupleOf(value: Node, flow: Flow): Expr[] | undefined {
  if (value.kind !== 'FunctionCallExpression') return undefined;
  const { name } = part(value, 'Name');
  const args = items(part(value, 'ArgumentList'), 'Expressions');
  if (!/^array_sort_(asc|desc)$/.test(name) || args.length < 2) return undefined;
  const exprs = args.map((arg) => flow.session.compile(arg, flow.context));
  const types = exprs.map((expr) => expr.type);
  const count = types[types.length - 1] === 'bool' ? exprs.length - 1 : exprs.length;
  if (count < 2) return undefined;
  return Array.from({ length: count }, (_, index) => ({
    type: 'dynamic' as const,
    fixed: false,
    run: (row: Row): Value =>
      sortArrays(
        exprs.map((expr) => expr.run(row)),
        types,
        name === 'array_sort_desc',
      )[index] ?? null,
  }));
}

const hiddenOf = (columns: readonly Column[]): readonly (readonly [Column, number])[] =>
  columns.flatMap((column, at) => (column.hidden === true ? [[column, at] as const] : []));

/** The columns at these positions, hidden ones kept. */
function pick(table: Table, chosen: readonly { readonly at: number; readonly name?: string }[]): Table {
  const hidden = hiddenOf(table.columns).map(([, at]) => ({ at }));
  const all = [...chosen, ...hidden];
  const columns = all.map(({ at, ...rename }) => ({
    ...(table.columns[at] ?? refuse('a column out of range')),
    ...rename,
  }));
  return { columns, rows: table.rows.map((row) => all.map(({ at }) => row[at] ?? null)) };
}

const project: Operator = (node, flow) => {
  const taken = new Set<string>();
  const named = outputs(items(node, 'Expressions'), flow, taken);
  const explicit = new Set(named.filter((output) => output.given).map((output) => output.name));
  const columns: Column[] = named.map(({ name, expr, given }) => {
    const unique = given ? name : freeName(name, new Set([...taken, ...explicit]));
    taken.add(unique);
    return { name: unique, type: expr.type };
  });
  const hidden = hiddenOf(flow.table.columns);
  return {
    fresh: true,
    columns: [...columns, ...hidden.map(([column]) => column)],
    rows: mapRows(flow, (row) => {
      const cells: Value[] = named.map(({ expr }) => expr.run(row));
      for (const [, at] of hidden) cells.push(row[at] ?? null);
      return cells;
    }),
  };
};

/** Columns added, or replaced in place. */
export const extend: Operator = (node, flow) => {
  const { columns } = flow.table;
  const named = outputs(items(node, 'Expressions'), flow, new Set(visible(columns).map((column) => column.name)));
  const result: Column[] = [...columns];
  const places = named.map(({ name, expr }) => {
    const known = result.findIndex((column) => column.name === name && column.hidden !== true);
    const column: Column = { name, type: expr.type };
    if (known < 0) return result.push(column) - 1;
    result[known] = column;
    return known;
  });
  // Adding cells to rows that only this pipe holds saves a copy of each row for each extend.
  const appends = flow.table.fresh === true && places.every((place) => place >= columns.length);
  const rows = mapRows(flow, (row) => {
    const values = named.map(({ expr }) => expr.run(row));
    const cells = appends ? (row as Value[]) : [...row];
    for (const [index, value] of values.entries()) cells[places[index] ?? 0] = value;
    return cells;
  });
  return { columns: result, rows, fresh: true };
};

/** `*` in a name stands for any text. */
function matcher(node: Node): (name: string) => boolean {
  if (node.kind === 'StarExpression') return () => true;
  const text = node.name === '' ? node.text.replace(/^\['?|'?\]$/g, '') : node.name;
  if (!text.includes('*')) return (name) => name === text;
  const pattern = new RegExp(
    `^${text
      .split('*')
      .map((piece) => piece.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );
  return (name) => pattern.test(name);
}

const keepOrDrop =
  (keep: boolean): Operator =>
  (node, flow) => {
    const matchers = items(node, 'Expressions').map(matcher);
    const { columns } = flow.table;
    const chosen = columns.flatMap((column, at) =>
      column.hidden !== true && matchers.some((matches) => matches(column.name)) === keep ? [{ at }] : [],
    );
    return pick(flow.table, chosen);
  };

const rename: Operator = (node, flow) => {
  const renamed = new Map(
    items(node, 'Expressions').map((item) => {
      if (item.kind !== 'SimpleNamedExpression')
        return refuse('project-rename of this form is not evaluated', item.start);
      return [part(item, 'Expression').name, part(item, 'Name').name] as const;
    }),
  );
  const columns = flow.table.columns.map((column) => ({
    ...column,
    name: (column.hidden === true ? undefined : renamed.get(column.name)) ?? column.name,
  }));
  return { columns, rows: flow.table.rows };
};

const reorder: Operator = (node, flow) => {
  const left = new Set(visible(flow.table.columns).map((column) => flow.table.columns.indexOf(column)));
  const nameAt = (at: number): string => flow.table.columns[at]?.name ?? '';
  const chosen: { readonly at: number }[] = [];
  for (const item of items(node, 'Expressions')) {
    const ordered = item.kind === 'OrderedExpression';
    const matches = matcher(ordered ? part(item, 'Expression') : item);
    const found = [...left].filter((at) => matches(nameAt(at)));
    if (ordered) {
      const how = part(part(item, 'Ordering'), 'AscOrDescKeyword').text.toLowerCase();
      if (how !== 'asc' && how !== 'desc') refuse(`project-reorder ${how} is not evaluated`, item.start);
      found.sort((a, b) => (nameAt(a) < nameAt(b) ? -1 : 1) * (how === 'asc' ? 1 : -1));
    }
    for (const at of found) {
      left.delete(at);
      chosen.push({ at });
    }
  }
  return pick(flow.table, [...chosen, ...[...left].map((at) => ({ at }))]);
};

const getschema: Operator = (_, flow) => {
  const dotnet: Readonly<Record<Column['type'], string>> = {
    bool: 'System.SByte',
    int: 'System.Int32',
    long: 'System.Int64',
    real: 'System.Double',
    string: 'System.String',
    datetime: 'System.DateTime',
    timespan: 'System.TimeSpan',
    guid: 'System.Guid',
    dynamic: 'System.Object',
  };
  return {
    columns: [
      { name: 'ColumnName', type: 'string' },
      { name: 'ColumnOrdinal', type: 'long' },
      { name: 'DataType', type: 'string' },
      { name: 'ColumnType', type: 'string' },
    ],
    rows: visible(flow.table.columns).map((column, at) => [column.name, BigInt(at), dotnet[column.type], column.type]),
  };
};

export const columnOperators: Readonly<Record<string, Operator>> = {
  ProjectOperator: project,
  ExtendOperator: extend,
  SerializeOperator: (node, flow) => (items(node, 'Expressions').length === 0 ? flow.table : extend(node, flow)),
  ProjectAwayOperator: keepOrDrop(false),
  ProjectKeepOperator: keepOrDrop(true),
  ProjectRenameOperator: rename,
  ProjectReorderOperator: reorder,
  GetSchemaOperator: getschema,
};
