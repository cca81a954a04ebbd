import { type Node } from './syntax.ts';
import { type Column, type KqlType, type Row, type Table, type Value } from './values.ts';

/** A compiled scalar expression. `fixed` expressions are the same for every row. */
export type Expr = { readonly type: KqlType; readonly fixed: boolean; run(row: Row): Value };

/** The row at hand, for row_number(), prev() and their kin. */
export type Cursor = { rows: readonly Row[]; index: number };

/** The columns in sight. Two scopes are the same only when they are the same object. */
export type Scope = {
  readonly columns: readonly Column[];
  readonly index: ReadonlyMap<string, number>;
  readonly cursor: Cursor;
};

export type Binding =
  | {
      readonly kind: 'scalar';
      readonly expr: Expr;
      /** the rows it was compiled for, when it is not fixed */ readonly scope: Scope | undefined;
    }
  | { readonly kind: 'table'; table(): Table }
  | { readonly kind: 'function'; readonly declaration: Node; readonly env: Env };

/** Names of let statements and parameters, innermost first. */
export type Env = { readonly parent: Env | undefined; readonly names: Map<string, Binding> };

/** One run of a query: what is the same wherever in it one stands. */
export type Session = {
  readonly now: bigint;
  /** Evaluates a tabular expression; `input` is what flows into an operator that stands first in a sub-query. */
  tabular(node: Node, env: Env, input?: Table, outer?: Context): Table;
  compile(node: Node, context: Context): Expr;
  /** A table of the database by name, undefined when there is none. */
  stored(name: string): Table | undefined;
  /** A saved function's declaration, parsed once. */
  saved(name: string): Binding | undefined;
  watchlist(alias: string): Table;
};

/** Where an expression stands. */
export type Context = {
  readonly session: Session;
  readonly env: Env;
  readonly scope: Scope;
  /** Set inside summarize: turns a call to an aggregate into an expression over the group's row. */
  readonly aggregate?: (node: Node) => Expr | undefined;
};

export const NO_ROW: Row = [];

export function makeScope(columns: readonly Column[]): Scope {
  return {
    columns,
    index: new Map(columns.map((column, position) => [column.name, position])),
    cursor: { rows: [], index: 0 },
  };
}

export const NO_SCOPE: Scope = makeScope([]);

export function fixed(type: KqlType, value: Value): Expr {
  return { type, fixed: true, run: () => value };
}

/** Builds an expression; one of fixed parts is computed once, at its first use. */
export function derive(type: KqlType, parts: readonly Expr[], run: (row: Row) => Value): Expr {
  if (!parts.every((item) => item.fixed)) return { type, fixed: false, run };
  let value: Value | undefined;
  return {
    type,
    fixed: true,
    run: () => {
      value ??= run(NO_ROW);
      return value;
    },
  };
}

export function lookUp(env: Env, name: string): Binding | undefined {
  for (let at: Env | undefined = env; at !== undefined; at = at.parent) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function nested(parent: Env | undefined): Env {
  return { parent, names: new Map() };
}
