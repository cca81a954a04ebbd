import { createRequire } from 'node:module';
import { type Node, type Parser, type ParserNode, copyTree } from './syntax.ts';

/** A problem that Microsoft's parser or binder reports. */
export type Diagnostic = {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly start: number;
  readonly line: number;
  readonly column: number;
};
export type SavedFunction = {
  readonly name: string;
  /** `(lookback: timespan = 1h, term: string = "*")` */ readonly params: string;
  /** without or with the braces around it */ readonly body: string;
};
/** Table name to column name to type, in column order. */
export type Schemas = Readonly<Record<string, Readonly<Record<string, string>>>>;
export type Analysis = {
  readonly tree: Node;
  readonly diagnostics: readonly Diagnostic[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
};
export type Globals = { readonly opaque: unknown };

type List<T> = { readonly Count: number; getItem(index: number): T };
type RawDiagnostic = {
  readonly Code: string;
  readonly Severity: string;
  readonly Message: string;
  readonly Start: number;
};
type RawCode = {
  readonly Syntax: ParserNode;
  readonly ResultType: {
    readonly Columns?: List<{ readonly Name: string; readonly Type: { readonly Name: string } }>;
  } | null;
  GetDiagnostics(): List<RawDiagnostic>;
};
type Constructor = new (...args: readonly unknown[]) => object;
type Service = {
  readonly Bridge: { readonly Reflection: { getTypeName(value: unknown): string } };
  readonly System: {
    readonly Collections: {
      readonly Generic: { List$1(type: unknown): { readonly ctor: new () => { add(item: unknown): void } } };
    };
  };
  readonly Kusto: {
    readonly Language: {
      readonly KustoCode: { ParseAndAnalyze(text: string, globals: unknown): RawCode };
      readonly Binding: { readonly Binder: { GetExpressionResultName(node: unknown, fallback: null): string | null } };
      readonly GlobalState: { readonly Default: { WithDatabase(database: unknown): { WithCache(): unknown } } };
      readonly Symbols: {
        readonly Symbol: unknown;
        readonly TableSymbol: { readonly $ctor7: Constructor };
        readonly FunctionSymbol: { readonly $ctor16: Constructor };
        readonly DatabaseSymbol: { readonly $ctor1: Constructor };
      };
    };
  };
};

let loaded: Service | undefined;

// ~150 ms and 90 MB: only a query that is really run or checked pays for it. The package sets globals and exports nothing.
function service(): Service {
  if (loaded === undefined) {
    const require = createRequire(import.meta.url);
    require('@kusto/language-service-next/bridge.min.js');
    require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
    loaded = globalThis as unknown as Service;
  }
  return loaded;
}

const quoted = (name: string): string => `['${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}']`;

/** What the binder knows: tables and saved functions. The database is closed, so every other name is an error. */
export function makeGlobals(schemas: Schemas, functions: readonly SavedFunction[]): Globals {
  const { Kusto, System } = service();
  const { Symbols, GlobalState } = Kusto.Language;
  const members = new (System.Collections.Generic.List$1(Symbols.Symbol).ctor)();
  for (const [name, columns] of Object.entries(schemas)) {
    const declared = Object.entries(columns).map(([column, type]) => `${quoted(column)}: ${type}`);
    members.add(new Symbols.TableSymbol.$ctor7(name, `(${declared.join(', ')})`, null));
  }
  for (const saved of functions)
    members.add(new Symbols.FunctionSymbol.$ctor16(saved.name, saved.params, braced(saved.body), null));
  const database = new Symbols.DatabaseSymbol.$ctor1('workspace', members, false);
  // With its cache the binder looks into a function's body once rather than at every call of every query.
  return { opaque: GlobalState.Default.WithDatabase(database).WithCache() };
}

/** Parses and binds a query; problems come back as diagnostics, never as an exception. */
export function analyze(text: string, globals: Globals): Analysis {
  const { Kusto, Bridge } = service();
  const code = Kusto.Language.KustoCode.ParseAndAnalyze(text, globals.opaque);
  const kinds = new Map<unknown, string>();
  const kindOf = (node: ParserNode): string => {
    let kind = kinds.get(node.constructor);
    if (kind === undefined) {
      kind = Bridge.Reflection.getTypeName(node).replace('Kusto.Language.Syntax.', '').replace(/`.*$/s, '');
      kinds.set(node.constructor, kind);
    }
    return kind;
  };
  const parser: Parser = {
    kindOf,
    impliedName: (node) => Kusto.Language.Binding.Binder.GetExpressionResultName(node, null),
  };
  const columns = listed(code.ResultType?.Columns).map((column) => ({ name: column.Name, type: column.Type.Name }));
  return {
    tree: copyTree(code.Syntax, parser),
    diagnostics: listed(code.GetDiagnostics()).map((raw) => diagnostic(raw, text)),
    columns,
  };
}

/** A body as a block: saved searches hold it without braces. */
export function braced(body: string): string {
  return /^\s*\{[\s\S]*\}\s*$/.test(body) ? body : `{ ${body}\n}`;
}

function listed<T>(list: List<T> | undefined): T[] {
  return Array.from({ length: list?.Count ?? 0 }, (_, index) => list?.getItem(index)).filter(
    (item) => item !== undefined,
  );
}

function diagnostic(raw: RawDiagnostic, text: string): Diagnostic {
  const before = text.slice(0, raw.Start);
  return {
    code: raw.Code,
    severity: raw.Severity,
    message: raw.Message,
    start: raw.Start,
    line: before.split('\n').length,
    column: raw.Start - before.lastIndexOf('\n'),
  };
}
