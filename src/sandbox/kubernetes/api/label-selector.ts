import { badRequest } from './api-error.ts';
import { keyCauses, labelCauses } from './validate-meta.ts';

/** One demand of a selector: `key` with one of `values`, or with none of them. */
interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'missing' | '>' | '<';
  readonly values: readonly string[];
}

interface Token {
  readonly kind: 'word' | 'symbol' | 'end';
  readonly text: string;
}

/** Parses `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`, and refuses anything else in the API server's words. */
export const parseLabelSelector = (text: string): readonly Requirement[] => {
  const tokens = scan(text);
  let position = 0;
  const next = (): Token => tokens[position] ?? end;
  const take = (): Token => tokens[position++] ?? end;
  const wrong = (found: Token, expected: string): Error => new Error(`found '${found.text}', expected: ${expected}`);
  const refuse = (found: Token, expected: string): Error => badRequest(wrong(found, expected).message);

  const requirement = (): Requirement => {
    let missing = false;
    let key = take();
    if (key.text === '!') {
      missing = true;
      key = take();
    }
    if (key.kind !== 'word') throw wrong(key, 'identifier');
    checkKey(key.text);
    if (next().kind === 'end' || next().text === ',')
      return { key: key.text, operator: missing ? 'missing' : 'exists', values: [] };
    const operator = take();
    switch (operator.text) {
      case 'in':
      case 'notin':
        return { key: key.text, operator: operator.text, values: checkValues(key.text, list()) };
      case '=':
      case '==':
        return { key: key.text, operator: 'in', values: checkValues(key.text, [single()]) };
      case '!=':
        return { key: key.text, operator: 'notin', values: checkValues(key.text, [single()]) };
      case '>':
      case '<':
        return { key: key.text, operator: operator.text, values: checkNumber(single()) };
      default:
        throw wrong(operator, 'in, notin, =, ==, !=, gt, lt');
    }
  };

  const single = (): string => {
    if (next().kind === 'end' || next().text === ',') return '';
    const value = take();
    if (value.kind !== 'word') throw wrong(value, 'identifier');
    return value.text;
  };

  const list = (): readonly string[] => {
    const open = take();
    if (open.text !== '(') throw new Error(`found '${open.text}' expected: '('`);
    const values: string[] = [];
    for (;;) {
      const value = next();
      if (value.kind === 'word') values.push(take().text);
      else if (value.text === ',' || value.text === ')') values.push('');
      else throw wrong(value, values.length === 0 ? "',', ')' or identifier" : "',', or identifier");
      const after = take();
      if (after.text === ')') return values;
      if (after.text !== ',') throw wrong(after, "',' or ')'");
    }
  };

  const found: Requirement[] = [];
  for (;;) {
    if (next().kind === 'end') return found;
    if (next().kind !== 'word' && next().text !== '!') throw refuse(next(), "!, identifier, or 'end of string'");
    try {
      found.push(requirement());
    } catch (error) {
      throw badRequest(`unable to parse requirement: ${error instanceof Error ? error.message : ''}`);
    }
    const after = take();
    if (after.kind === 'end') return found;
    if (after.text !== ',') throw refuse(after, "',' or 'end of string'");
    if (next().kind !== 'word' && next().text !== '!') throw refuse(next(), "identifier after ','");
  }
};

const end: Token = { kind: 'end', text: '' };

const scan = (text: string): readonly Token[] =>
  [...text.matchAll(/==|!=|[=!(),<>]|[^\s=!(),<>]+/g)].map(([token]) => ({
    kind: /^[=!(),<>]/.test(token) ? 'symbol' : 'word',
    text: token,
  }));

const checkKey = (key: string): void => {
  const [cause] = keyCauses(key, '<nil>');
  if (cause !== undefined) throw new Error(`<nil>: ${cause.message}`);
};

const checkValues = (key: string, values: readonly string[]): readonly string[] => {
  const sorted = [...new Set(values)].toSorted();
  for (const [index, value] of sorted.entries()) {
    const [cause] = labelCauses({ [key]: value }, '');
    if (cause !== undefined) throw new Error(`values[${index}][${key}]: ${cause.message}`);
  }
  return sorted;
};

const checkNumber = (value: string): readonly string[] => {
  if (!/^[-+]?\d+$/.test(value))
    throw new Error(
      `values[0]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
    );
  return [value];
};

export const meets = (labels: Readonly<Record<string, string>>, { key, operator, values }: Requirement): boolean => {
  const value = labels[key];
  switch (operator) {
    case 'in':
      return value !== undefined && values.includes(value);
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case 'missing':
      return value === undefined;
    case '>':
    case '<': {
      if (value === undefined || !/^[-+]?\d+$/.test(value)) return false;
      return operator === '>' ? Number(value) > Number(values[0]) : Number(value) < Number(values[0]);
    }
    default:
      return operator satisfies never;
  }
};
