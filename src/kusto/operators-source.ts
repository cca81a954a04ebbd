import { convert } from './cast.ts';
import { coerce } from './coerce.ts';
import { type Env, NO_ROW, NO_SCOPE, type Session } from './expr.ts';
import { freeName } from './names.ts';
import { outputs } from './operators-columns.ts';
import { refuse } from './refused.ts';
import { flowOf } from './rows.ts';
import { type Node, items, part } from './syntax.ts';
import { type Column, type Row, type Table, type Value, missing, typeNamed } from './values.ts';

/** datatable(a: long, …)[1, …] */
export function datatable(node: Node, session: Session, env: Env): Table {
  const columns = columnsOf(part(node, 'Schema'));
  const values = items(node, 'Values');
  if (columns.length === 0 || values.length % columns.length !== 0)
    refuse('a datatable whose values do not fill its rows', node.start);
  const cells = values.map((value, index): Value => {
    const { type } = columns[index % columns.length] ?? { type: 'string' };
    if (value.kind === 'LiteralExpression' && /^null$/i.test(value.text)) return missing(type);
    const expr = session.compile(value, { session, env, scope: NO_SCOPE });
    return convert(expr.run(NO_ROW), expr.type, type);
  });
  const rows = Array.from({ length: values.length / columns.length }, (_, row): Row =>
    cells.slice(row * columns.length, (row + 1) * columns.length),
  );
  return { columns, rows };
}

/** The columns that a row schema such as (a: long, b: string) declares. */
export function columnsOf(schema: Node): Column[] {
  return items(schema, 'Columns').map((column) => ({
    name: part(column, 'Name').name,
    type: typeNamed(part(column, 'Type').text, column.start),
  }));
}

/** print a = 1, 2 */
export function print(node: Node, session: Session, env: Env): Table {
  const flow = flowOf({ columns: [], rows: [NO_ROW] }, session, env);
  const nodes = items(node, 'Expressions');
  const taken = new Set<string>();
  const named = nodes.flatMap((item, index) => outputs([item], flow, taken, index));
  const columns = named.map(({ name, expr, given }): Column => {
    const free = given ? name : freeName(name, taken);
    taken.add(free);
    return { name: free, type: expr.type };
  });
  return { columns, rows: [named.map(({ expr }) => expr.run(NO_ROW))] };
}

const MAX_ROWS = 5_000_000;

/** range x from 1 to 5 step 1 */
export function range(node: Node, session: Session, env: Env): Table {
  const context = { session, env, scope: NO_SCOPE };
  const [from, to, step] = ['From', 'To', 'Step'].map((name) => session.compile(part(node, name), context));
  if (from === undefined || to === undefined || step === undefined) return refuse('range without a step', node.start);
  const real = [from, to, step].some((item) => item.type === 'real');
  const type = real ? 'real' : from.type === 'int' && (to.type !== 'int' || step.type !== 'int') ? 'long' : from.type;
  const stepType = type === 'datetime' || type === 'timespan' ? 'timespan' : type;
  const first = coerce(from, type, node.start).run(NO_ROW);
  const last = coerce(to, type, node.start).run(NO_ROW);
  const by = coerce(step, stepType, node.start).run(NO_ROW);
  const columns: Column[] = [{ name: part(node, 'Name').name, type }];
  if (first === null || last === null || by === null) return refuse('range with null is not evaluated', node.start);
  if (Number(by) === 0) return refuse('range with a step of 0 is not evaluated', node.start);
  const rows: Row[] = [];
  const up = Number(by) > 0;
  for (let index = 0; ; index++) {
    const value =
      typeof first === 'bigint' ? first + BigInt(index) * (by as bigint) : Number(first) + index * Number(by);
    if (up ? value > (last as bigint) : value < (last as bigint)) break;
    rows.push([value]);
    if (index >= MAX_ROWS) refuse('range of more than five million rows is not evaluated', node.start);
  }
  return { columns, rows };
}
