import { arrayAt, isObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { UnknownExpression, resolveExpression } from './expression.ts';
import { fieldValues, isField } from './fields.ts';
import type { Judged } from './fields.ts';

/** One comparison, as a refusal's `evaluatedExpressions` tells of it. */
export interface Evaluated {
  readonly result: 'True' | 'False';
  readonly expressionKind: 'Field';
  readonly expression: string;
  readonly path: string;
  readonly expressionValue?: unknown;
  readonly targetValue: unknown;
  readonly operator: string;
}

export interface Judgement {
  readonly holds: boolean;
  readonly evaluated: readonly Evaluated[];
}

type Compare = (value: unknown, target: unknown) => boolean;

const same: Compare = (value, target) => String(value).toLowerCase() === String(target).toLowerCase();
const among: Compare = (value, target) => Array.isArray(target) && target.some((one: unknown) => same(value, one));
const like: Compare = (value, target) => {
  const [head = '', tail] = String(target).toLowerCase().split('*');
  const text = String(value).toLowerCase();
  return tail === undefined
    ? text === head
    : text.startsWith(head) && text.endsWith(tail) && text.length >= head.length + tail.length;
};
const contains: Compare = (value, target) =>
  Array.isArray(value)
    ? value.some((one: unknown) => same(one, target))
    : String(value).toLowerCase().includes(String(target).toLowerCase());
const not =
  (compare: Compare): Compare =>
  (value, target) =>
    !compare(value, target);

const operators: Readonly<Record<string, Compare>> = {
  equals: same,
  notEquals: not(same),
  in: among,
  notIn: not(among),
  like,
  notLike: not(like),
  contains,
  notContains: not(contains),
  less: (value, target) => Number(value) < Number(target),
  lessOrEquals: (value, target) => Number(value) <= Number(target),
  greater: (value, target) => Number(value) > Number(target),
  greaterOrEquals: (value, target) => Number(value) >= Number(target),
};

/** Whether a policy rule's `if` holds for a resource. Throws UnknownExpression for what the sandbox does not know. */
export const judge = (condition: unknown, resource: Judged, parameters: JsonObject): Judgement => {
  if (!isObject(condition)) throw new UnknownExpression('A policy condition must be an object.');
  const all = (name: string): readonly Judgement[] =>
    arrayAt(condition, name).map((each) => judge(each, resource, parameters));
  const joined = (parts: readonly Judgement[], holds: boolean): Judgement => ({
    holds,
    evaluated: parts.flatMap(({ evaluated }) => evaluated),
  });
  if ('allOf' in condition) {
    const parts = all('allOf');
    return joined(
      parts,
      parts.every(({ holds }) => holds),
    );
  }
  if ('anyOf' in condition) {
    const parts = all('anyOf');
    return joined(
      parts,
      parts.some(({ holds }) => holds),
    );
  }
  if ('not' in condition) {
    const inner = judge(condition['not'], resource, parameters);
    return { holds: !inner.holds, evaluated: inner.evaluated };
  }
  return compare(condition, resource, parameters);
};

const compare = (condition: JsonObject, resource: Judged, parameters: JsonObject): Judgement => {
  const field = resolveExpression(condition['field'], parameters);
  if (typeof field !== 'string' || !isField(field))
    throw new UnknownExpression(
      `The policy field '${typeof field === 'string' ? field : (Object.keys(condition)[0] ?? '')}' is not known to the sandbox.`,
    );
  const { values, many } = fieldValues(field, resource);
  const operator = Object.keys(condition).find((name) => name === 'exists' || name in operators);
  if (operator === undefined)
    throw new UnknownExpression(`The condition on '${field}' has no operator that the sandbox knows.`);
  const target = resolveExpression(condition[operator], parameters);
  const known = operators[operator];
  const holds =
    known === undefined
      ? values.length > 0 === same(target, true)
      : many
        ? values.every((value) => known(value, target))
        : known(values[0] ?? '', target);
  return {
    holds,
    evaluated: [
      {
        result: holds ? 'True' : 'False',
        expressionKind: 'Field',
        expression: field,
        path: many || field.includes('/') ? field.slice(field.lastIndexOf('/') + 1) : field,
        ...(values.length === 0 ? {} : { expressionValue: many ? values : values[0] }),
        targetValue: target,
        operator: operator.charAt(0).toUpperCase() + operator.slice(1),
      },
    ],
  };
};
