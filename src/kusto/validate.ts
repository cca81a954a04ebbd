import { type Diagnostic, type SavedFunction, type Schemas, analyze } from './language.ts';
import { declarationText, planQuery, surroundings } from './plan.ts';

export type ValidateOptions = { readonly schemas: Schemas; readonly functions?: readonly SavedFunction[] };
/** `columns` is the result's schema as far as the binder knows it. */
export type Validation = {
  readonly diagnostics: readonly Diagnostic[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
};

/** Checks a query against the tables and functions that exist, without running it. Bodies of functions are not looked into: see validateFunction. */
export function validate(query: string, options: ValidateOptions): Validation {
  const { analysis } = planQuery(query, options.schemas, options.functions ?? []);
  return { diagnostics: analysis.diagnostics, columns: analysis.columns };
}

/** Checks the body of a saved function; positions count from the start of its body's text. */
export function validateFunction(saved: SavedFunction, options: ValidateOptions): Validation {
  const text = declarationText(saved);
  const shift = text.indexOf(saved.body);
  const { diagnostics, columns } = analyze(text, surroundings(options.schemas, options.functions ?? []).globals);
  return {
    diagnostics: diagnostics.map((diagnostic) => ({ ...diagnostic, start: diagnostic.start - shift })),
    columns,
  };
}
