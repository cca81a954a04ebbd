import { convert, scalarTypeOf } from './cast.ts';
import { columnsOf } from './operators-source.ts';
import { refuse } from './refused.ts';
import { type Flow, type Operator } from './rows.ts';
import { type Node, items, part } from './syntax.ts';
import { type Column, type KqlType, type Row, type Value, isBag, missing, visible } from './values.ts';

const evaluate: Operator = (node, flow) => {
  const call = part(node, 'FunctionCall');
  const { name } = part(call, 'Name');
  switch (name) {
    case 'bag_unpack':
      return bagUnpack(node, items(part(call, 'ArgumentList'), 'Expressions'), flow);
    default:
      return refuse(`the plug-in ${name} is not evaluated`, node.start);
  }
};

type Options = { readonly prefix: string; readonly conflict: string };

function optionsOf(args: readonly Node[]): Options {
  const options = { prefix: '', conflict: 'error' };
  for (const [index, arg] of args.slice(1).entries()) {
    const named =
      arg.kind === 'SimpleNamedExpression'
        ? part(arg, 'Name').name
        : ['OutputColumnPrefix', 'columnsConflict', 'ignoredProperties'][index];
    const value = arg.kind === 'SimpleNamedExpression' ? part(arg, 'Expression') : arg;
    const text = value.literal ?? refuse(`bag_unpack() with this ${named ?? 'argument'} is not evaluated`, arg.start);
    if (named === 'OutputColumnPrefix') options.prefix = text;
    else if (named === 'columnsConflict') options.conflict = text;
    else refuse(`bag_unpack() with ${named ?? 'this argument'} is not evaluated`, arg.start);
  }
  return options;
}

function bagUnpack(node: Node, args: readonly Node[], flow: Flow) {
  const source = args[0]?.name ?? '';
  const at = flow.scope.index.get(source);
  const { columns } = flow.table;
  if (at === undefined || columns[at]?.type !== 'dynamic')
    return refuse('bag_unpack() needs a dynamic column', node.start);
  const options = optionsOf(args);
  const declared = node.parts['Schema'] === undefined ? undefined : columnsOf(part(part(node, 'Schema'), 'Schema'));
  const found =
    declared === undefined
      ? typesOf(flow.table.rows, at, options.prefix)
      : declared.filter((column) => !columns.some((other, index) => index !== at && other.name === column.name));
  const kept = visible(columns).filter((column) => column !== columns[at]);
  const clashes = new Set(
    kept.map((column) => column.name).filter((name) => found.some((column) => column.name === name)),
  );
  if (clashes.size > 0 && options.conflict === 'error')
    refuse('bag_unpack() of a bag with a key that is a column already', node.start);
  if (clashes.size > 0 && options.conflict !== 'replace_source' && options.conflict !== 'keep_source')
    refuse(`columnsConflict=${options.conflict} is not evaluated`, node.start);
  const added = options.conflict === 'keep_source' ? found.filter((column) => !clashes.has(column.name)) : found;
  const rest = options.conflict === 'replace_source' ? kept.filter((column) => !clashes.has(column.name)) : kept;
  const places = rest.map((column) => columns.indexOf(column));
  const rows = flow.table.rows.map((row): Row => {
    const bag = row[at] ?? null;
    const unpacked = added.map((column): Value => cell(bag, column, options.prefix));
    return [...places.map((place) => row[place] ?? null), ...unpacked];
  });
  return { columns: [...rest, ...added], rows };
}

function cell(bag: Value, column: Column, prefix: string): Value {
  const value = isBag(bag) ? (bag.get(column.name.slice(prefix.length)) ?? null) : null;
  return value === null ? missing(column.type) : convert(value, 'dynamic', column.type);
}

/** A column for each key of the bags, in the keys' order, of the one type that all its values have, else dynamic. */
function typesOf(rows: readonly Row[], at: number, prefix: string): Column[] {
  const types = new Map<string, KqlType | undefined>();
  for (const row of rows) {
    const bag = row[at] ?? null;
    if (!isBag(bag)) continue;
    for (const [key, value] of bag) {
      const type = value === null ? undefined : (scalarTypeOf(value) ?? 'dynamic');
      const known = types.get(key);
      if (known === undefined) types.set(key, type);
      else if (type !== undefined && type !== known) types.set(key, 'dynamic');
    }
  }
  return [...types]
    .map(([key, type]): Column => ({ name: `${prefix}${key}`, type: type ?? 'dynamic' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const evaluateOperators: Readonly<Record<string, Operator>> = { EvaluateOperator: evaluate };
