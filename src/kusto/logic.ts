import { coerce } from './coerce.ts';
import { type Expr, derive } from './expr.ts';
import { refuse } from './refused.ts';

/** A condition as a bool; a dynamic counts only when it holds a bool. */
export function condition(expr: Expr, position: number): Expr {
  if (expr.type === 'bool') return expr;
  if (expr.type !== 'dynamic') return refuse(`a ${expr.type} as a condition is not evaluated`, position);
  return derive('bool', [expr], (row) => {
    const value = expr.run(row);
    return value === null || typeof value === 'boolean'
      ? value
      : refuse('a dynamic that holds no bool as a condition is not evaluated', position);
  });
}

/** Three-valued and: false wins over null. */
export function and(left: Expr, right: Expr): Expr {
  return derive('bool', [left, right], (row) => {
    const a = left.run(row);
    if (a === false) return false;
    const b = right.run(row);
    return b === false ? false : a === null || b === null ? null : true;
  });
}

/** Three-valued or: true wins over null. */
export function or(left: Expr, right: Expr): Expr {
  return derive('bool', [left, right], (row) => {
    const a = left.run(row);
    if (a === true) return true;
    const b = right.run(row);
    return b === true ? true : a === null || b === null ? null : false;
  });
}

/** not: null stays null. */
export function not(operand: Expr): Expr {
  const bool = coerce(operand, 'bool');
  return derive('bool', [bool], (row) => {
    const value = bool.run(row);
    return value === null ? null : value !== true;
  });
}
