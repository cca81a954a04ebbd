import { evaluate as run } from '../../src/kusto/evaluate.ts';
import type { Tables, EvaluateOptions } from '../../src/kusto/evaluate.ts';

/** The shape that the conformance runner's --batch expects of a module; null strings are shown as null nowhere, as in KQL. */
export function evaluate(query: string, tables: Tables, options: EvaluateOptions): ReturnType<typeof run> {
  return run(query, tables, options);
}
