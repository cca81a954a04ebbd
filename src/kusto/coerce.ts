import { convert } from './cast.ts';
import { type Expr, derive } from './expr.ts';
import { refuse } from './refused.ts';
import type { KqlType } from './values.ts';

const NUMBERS: readonly KqlType[] = ['int', 'long', 'real'];

export function isNumber(type: KqlType): boolean {
  return NUMBERS.includes(type);
}

/** The type in which two operands meet; undefined when they have none in common. */
export function commonType(a: KqlType, b: KqlType): KqlType | undefined {
  if (a === b) return a;
  if (isNumber(a) && isNumber(b)) return NUMBERS[Math.max(NUMBERS.indexOf(a), NUMBERS.indexOf(b))];
  if (a === 'dynamic') return b;
  if (b === 'dynamic') return a;
  return undefined;
}

/** The expression as a value of the type, by KQL's implicit conversions. */
export function coerce(expr: Expr, type: KqlType, position = -1): Expr {
  const from = expr.type;
  if (from === type) return expr;
  const allowed = from === 'dynamic' || type === 'dynamic' || type === 'string' || (isNumber(from) && isNumber(type));
  if (!allowed) refuse(`a ${from} where a ${type} is expected is not evaluated`, position);
  return derive(type, [expr], (row) => convert(expr.run(row), from, type));
}
