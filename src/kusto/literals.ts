import { parseGuid } from './cast.ts';
import { parseDatetime } from './datetime-text.ts';
import { parseLong, parseReal, toInt32 } from './numbers.ts';
import { refuse } from './refused.ts';
import { type Node, items, part } from './syntax.ts';
import { parseTimespan } from './timespan.ts';
import { type Dynamic, type KqlType, type Value, typeNamed } from './values.ts';

export type Literal = { readonly type: KqlType; readonly value: Value };

/** The value of a literal such as 5, 1.5h, datetime(2026-01-01), dynamic({"a":1}), guid(…), long(null). */
export function literal(node: Node): Literal {
  if (node.kind === 'CompoundStringLiteralExpression')
    return { type: 'string', value: node.literal ?? refuse('a string of several parts without a value', node.start) };
  if (node.kind === 'DynamicExpression') return { type: 'dynamic', value: dynamicLiteral(part(node, 'Expression')) };
  if (node.type === 'string' || node.literal !== undefined) return { type: 'string', value: node.literal ?? '' };
  if (node.type === undefined || node.type === 'null')
    return refuse('null without a type is not evaluated: write long(null)', node.start);
  const type = typeNamed(node.type, node.start);
  const inside = inner(node.text);
  if (inside === 'null' || (inside === '' && type !== 'datetime')) return { type, value: null };
  const value = read(type, inside, node);
  return { type, value };
}

function inner(text: string): string {
  const wrapped = /^[a-z0-9]+\s*\(([\s\S]*)\)$/i.exec(text);
  return (wrapped?.[1] ?? text).trim();
}

function read(type: KqlType, text: string, node: Node): Value {
  const bad = (): never => refuse(`the ${type} literal ${node.text} is not evaluated`, node.start);
  switch (type) {
    case 'bool':
      if (/^(true|1)$/i.test(text)) return true;
      return /^(false|0)$/i.test(text) ? false : bad();
    case 'long':
      return parseLong(text) ?? bad();
    case 'int': {
      const value = parseLong(text);
      return value === null ? bad() : (toInt32(value) ?? bad());
    }
    case 'real':
      return parseReal(text) ?? bad();
    case 'timespan':
      return parseTimespan(unquoted(text)) ?? bad();
    case 'datetime':
      return parseDatetime(unquoted(text)) ?? commaDate(text) ?? bad();
    case 'guid':
      return parseGuid(unquoted(text)) ?? bad();
    case 'string':
    case 'dynamic':
      return bad();
  }
  return type satisfies never;
}

function unquoted(text: string): string {
  return text.replace(/^(["'])([\s\S]*)\1$/, '$2');
}

// datetime(2025, 6, 14)
function commaDate(text: string): bigint | null {
  const match = /^(\d{4}),\s*(\d{1,2}),\s*(\d{1,2})$/.exec(text);
  return match === null ? null : parseDatetime(`${match[1]}-${match[2]}-${match[3]}`);
}

function dynamicLiteral(node: Node): Dynamic {
  switch (node.kind) {
    case 'JsonArrayExpression':
      return items(node, 'Values').map(dynamicLiteral);
    case 'JsonObjectExpression':
      return new Map(items(node, 'Pairs').map((pair) => [keyOf(pair), dynamicLiteral(part(pair, 'Value'))]));
    case 'PrefixUnaryExpression':
    case 'UnaryMinusExpression': {
      const value = dynamicLiteral(part(node, 'Expression'));
      if (typeof value === 'bigint' || typeof value === 'number') return -value;
      return refuse('minus of this value is not evaluated', node.start);
    }
    case 'ParenthesizedExpression':
      return dynamicLiteral(part(node, 'Expression'));
    case 'DynamicExpression':
      return dynamicLiteral(part(node, 'Expression'));
    case 'LiteralExpression':
    case 'CompoundStringLiteralExpression': {
      if (node.text === 'null') return null;
      const { type, value } = literal(node);
      if (value === null) return null;
      if (type === 'datetime' || type === 'timespan') return { tag: type, ticks: value as bigint };
      if (type === 'guid') return { tag: 'guid', text: value as string };
      return type === 'int' ? BigInt(value as number) : value;
    }
    default:
      return refuse(`${node.kind} inside dynamic() is not evaluated`, node.start);
  }
}

function keyOf(pair: Node): string {
  const name = part(pair, 'Name');
  return name.literal ?? unquotedKey(name.text);
}

function unquotedKey(text: string): string {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return text;
  const body = text.slice(1, -1);
  if (!body.includes('\\')) return body;
  const json = JSON.parse(`"${body.replaceAll("\\'", "'").replace(/(?<!\\)"/g, '\\"')}"`) as unknown;
  return typeof json === 'string' ? json : refuse(`the key ${text} is not evaluated`);
}
