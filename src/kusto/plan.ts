import {
  type Analysis,
  type Globals,
  type SavedFunction,
  type Schemas,
  analyze,
  braced,
  makeGlobals,
} from './language.ts';
import { refuse } from './refused.ts';
import { type Node } from './syntax.ts';

/** A query bound against its surroundings, ready to run over any rows. */
export type Plan = {
  readonly analysis: Analysis;
  /** the declaration of a saved function */ saved(name: string): Node | undefined;
};

/** What depends on the tables and functions alone: kept as long as the caller keeps those two objects. */
export type Surroundings = {
  readonly globals: Globals;
  readonly plans: Map<string, Analysis>;
  readonly declarations: Map<string, Node>;
  readonly functions: readonly SavedFunction[];
};

const NO_FUNCTIONS: readonly SavedFunction[] = [];
const known = new WeakMap<Schemas, WeakMap<readonly SavedFunction[], Surroundings>>();
const PLANS_KEPT = 500;

/** Functions that Sentinel brings along, for the binder; the evaluator answers them itself. */
const STUBS: readonly SavedFunction[] = [
  {
    name: '_GetWatchlist',
    params: '(watchlistAlias: string)',
    body: '{ datatable(_DTItemId: string, LastUpdatedTimeUTC: datetime, SearchKey: string, WatchlistItem: dynamic)[] }',
  },
];

export function surroundings(schemas: Schemas, given: readonly SavedFunction[]): Surroundings {
  const functions = given.length === 0 ? NO_FUNCTIONS : given;
  let byFunctions = known.get(schemas);
  if (byFunctions === undefined) known.set(schemas, (byFunctions = new WeakMap()));
  let found = byFunctions.get(functions);
  if (found === undefined) {
    found = {
      globals: makeGlobals(schemas, [...STUBS, ...functions]),
      plans: new Map(),
      declarations: new Map(),
      functions,
    };
    byFunctions.set(functions, found);
  }
  return found;
}

/** Parses and binds the query, or remembers that it has. */
export function planQuery(query: string, schemas: Schemas, functions: readonly SavedFunction[]): Plan {
  const around = surroundings(schemas, functions);
  let analysis = around.plans.get(query);
  if (analysis === undefined) {
    analysis = analyze(query, around.globals);
    if (around.plans.size >= PLANS_KEPT) around.plans.clear();
    around.plans.set(query, analysis);
  }
  return { analysis, saved: (name) => declarationOf(name, around) };
}

/** A saved function's body, parsed once however many queries call it. */
function declarationOf(name: string, around: Surroundings): Node | undefined {
  const done = around.declarations.get(name);
  if (done !== undefined) return done;
  const saved = around.functions.find((item) => item.name === name);
  if (saved === undefined) return undefined;
  const { tree, diagnostics } = analyze(declarationText(saved), around.globals);
  const fault = diagnostics.find((diagnostic) => diagnostic.severity === 'Error');
  if (fault !== undefined) return refuse(`in the function ${name}: ${fault.message}`, fault.start);
  const statement = tree.parts['Statements']?.items[0];
  const declaration = statement?.parts['Expression'];
  if (declaration?.kind !== 'FunctionDeclaration') return refuse(`the function ${name} is not evaluated`);
  around.declarations.set(name, declaration);
  return declaration;
}

/** A saved function as a query that declares and calls it, so that the binder looks into its body. */
export function declarationText(saved: SavedFunction): string {
  const args = parametersOf(saved.params)
    .filter((parameter) => !parameter.includes('='))
    .map(sampleFor);
  return `let ${saved.name}__ = ${saved.params} ${braced(saved.body)};\n${saved.name}__(${args.join(', ')})`;
}

function parametersOf(params: string): string[] {
  const inside = params.trim().replace(/^\(|\)$/g, '');
  const found: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let index = 0; index < inside.length; index++) {
    const char = inside.charAt(index);
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    else if (char === ',' && depth === 0) {
      found.push(inside.slice(start, index));
      start = index + 1;
    }
  }
  return [...found, inside.slice(start)].map((parameter) => parameter.trim()).filter((parameter) => parameter !== '');
}

function sampleFor(parameter: string): string {
  const type = parameter.slice(parameter.indexOf(':') + 1).trim();
  if (type.startsWith('(')) return type === '(*)' ? '(print 1)' : `(datatable${type}[])`;
  return type === 'string' ? '""' : type === 'dynamic' ? 'dynamic([])' : `${type}(null)`;
}
