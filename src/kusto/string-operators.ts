import { coerce } from './coerce.ts';
import { type Expr, derive } from './expr.ts';
import { compileRegex } from './regex.ts';
import { fold, hasTerm } from './text.ts';

type Test = (text: string, needle: string) => boolean;

const CASED: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['has', (text, needle) => hasTerm(text, needle, 'both')],
  ['hasprefix', (text, needle) => hasTerm(text, needle, 'start')],
  ['hassuffix', (text, needle) => hasTerm(text, needle, 'end')],
  ['contains', (text, needle) => text.includes(needle)],
  ['startswith', (text, needle) => text.startsWith(needle)],
  ['endswith', (text, needle) => text.endsWith(needle)],
]);

/** has, !has, has_cs, contains, startswith, =~, matches regex and their kin; undefined for any other operator. */
export function stringOperator(operator: string, left: Expr, right: Expr): Expr | undefined {
  const negated = operator.startsWith('!');
  const name = negated ? operator.slice(1) : operator;
  const test = testNamed(name);
  if (test === undefined) return undefined;
  const text = coerce(left, 'string');
  const needle = coerce(right, 'string');
  const folds = !name.endsWith('_cs') && name !== 'matches regex';
  if (!folds)
    return derive(
      'bool',
      [text, needle],
      (row) => test(text.run(row) as string, needle.run(row) as string) !== negated,
    );
  if (needle.fixed) {
    let folded: string | undefined;
    return derive('bool', [text, needle], (row) => {
      folded ??= fold(needle.run(row) as string);
      return test(fold(text.run(row) as string), folded) !== negated;
    });
  }
  return derive(
    'bool',
    [text, needle],
    (row) => test(fold(text.run(row) as string), fold(needle.run(row) as string)) !== negated,
  );
}

function testNamed(name: string): Test | undefined {
  switch (name) {
    case '=~':
    case '~':
      return (text, needle) => text === needle;
    case 'matches regex':
      return (text, needle) => compileRegex(needle).test(text);
    default:
      return CASED.get(name.replace(/_cs$/, ''));
  }
}

/** Whether a text holds any (or all) of the terms, case aside. */
export function hasTerms(text: Expr, terms: (row: never) => readonly string[], every: boolean): Expr {
  const haystack = coerce(text, 'string');
  return {
    type: 'bool',
    fixed: false,
    run: (row) => {
      const folded = fold(haystack.run(row) as string);
      const found = (term: string): boolean => hasTerm(folded, fold(term), 'both');
      const all = terms(row as never);
      return every ? all.every(found) : all.some(found);
    },
  };
}
