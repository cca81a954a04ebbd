import type { ProblemKind } from './problem.ts';

/** What is known of a failure: the service's own words and codes, outermost code first. */
export interface ErrorFacts {
  readonly codes: readonly string[];
  readonly message: string;
  readonly status: number | undefined;
  /** Values that rules may name besides the groups of their pattern. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * One failure, said once: what it is, why, and the next thing to do.
 * Braces in the sentences name groups of `message` or values of the facts; a sentence whose value is missing is not used.
 */
export interface ErrorRule {
  /** Any of these; left out, the pattern alone decides. */
  readonly codes?: readonly string[];
  /** Tried on the service's own message; its named groups fill the sentences. */
  readonly message?: RegExp;
  readonly kind: ProblemKind;
  /** Published under this code instead of the service's, where the service's says too little. */
  readonly as?: string;
  /** First one that can be filled; with none, the service's own words stand. */
  readonly says?: readonly string[];
  readonly do?: readonly string[];
  readonly link?: string;
}

export interface RuledError {
  readonly rule: ErrorRule;
  readonly code: string | undefined;
  readonly says: string | undefined;
  readonly hint: string | undefined;
}

/** The first rule for the deepest code that has one; rules without codes are tried in the same order. */
export function findRule(rules: readonly ErrorRule[], facts: ErrorFacts): RuledError | undefined {
  const codes: readonly (string | undefined)[] = facts.codes.length === 0 ? [undefined] : facts.codes.toReversed();
  for (const code of codes) {
    for (const rule of rules) {
      if (rule.codes !== undefined && !rule.codes.some((known) => sameCode(known, code))) continue;
      const match = rule.message?.exec(facts.message);
      if (rule.message !== undefined && match === null) continue;
      const values = { ...facts.values, message: facts.message, ...match?.groups };
      return { rule, code: rule.as ?? code, says: fillFirst(rule.says, values), hint: fillFirst(rule.do, values) };
    }
  }
  return undefined;
}

const sameCode = (known: string, code: string | undefined): boolean => known.toLowerCase() === code?.toLowerCase();

function fillFirst(
  templates: readonly string[] | undefined,
  values: Readonly<Record<string, string | undefined>>,
): string | undefined {
  for (const template of templates ?? []) {
    const missing = [...template.matchAll(/\{(\w+)\}/g)].some(([, name]) => !values[name ?? '']);
    if (!missing) return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  }
  return undefined;
}
