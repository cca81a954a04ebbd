import type { Binding, Env, Session } from './expr.ts';
import { lookUp } from './expr.ts';
import { columnOperators } from './operators-columns.ts';
import { evaluateOperators } from './operators-evaluate.ts';
import { expandOperators } from './operators-expand.ts';
import { joinOperators } from './operators-join.ts';
import { parseOperators } from './operators-parse.ts';
import { parseKvOperators } from './operators-parse-kv.ts';
import { rowOperators } from './operators-rows.ts';
import { seriesOperators } from './operators-series.ts';
import { summarizeOperators } from './operators-summarize.ts';
import { unionOf } from './operators-union.ts';
import { refuse } from './refused.ts';
import { type Operator, flowOf } from './rows.ts';
import { type Node, items, part } from './syntax.ts';
import type { Table } from './values.ts';
import { enter } from './user-function.ts';

const simple: Readonly<Record<string, Operator>> = {
  ...columnOperators,
  ...evaluateOperators,
  ...expandOperators,
  ...joinOperators,
  ...parseKvOperators,
  ...parseOperators,
  ...rowOperators,
  ...seriesOperators,
  ...summarizeOperators,
};

/** Applies an operator to the table that is piped into it. */
export function applyOperator(node: Node, table: Table, session: Session, env: Env): Table {
  switch (node.kind) {
    case 'UnionOperator':
      return unionOf(node, table, session, env);
    case 'AsOperator': {
      const named = { columns: table.columns, rows: table.rows, name: part(node, 'Name').name };
      env.names.set(named.name, { kind: 'table', table: () => named });
      return named;
    }
    case 'InvokeOperator':
      return invoke(node, table, session, env);
    default: {
      const operator = simple[node.kind];
      if (operator === undefined)
        return refuse(`the operator ${node.kind.replace(/Operator$/, '')} is not evaluated`, node.start);
      const result = operator(node, flowOf(table, session, env));
      return { columns: result.columns, rows: result.rows, ...(result.fresh === true ? { fresh: true } : {}) };
    }
  }
}

// T | invoke f(x) is f(T, x).
function invoke(node: Node, table: Table, session: Session, env: Env): Table {
  const call = part(node, 'Function');
  const { name } = part(call, 'Name');
  const callee: Binding | undefined = lookUp(env, name) ?? session.saved(name);
  if (callee?.kind !== 'function') return refuse(`${name} is no function`, node.start);
  const { context } = flowOf({ columns: [], rows: [] }, session, env);
  const inner = enter(callee, items(part(call, 'ArgumentList'), 'Expressions'), context, table);
  return session.tabular(part(part(callee.declaration, 'Body'), 'Expression'), inner.env);
}
