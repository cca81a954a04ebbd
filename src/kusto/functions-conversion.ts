import { convert } from './cast.ts';
import { type Expr, derive } from './expr.ts';
import { type Builder, argument } from './function-kit.ts';
import { parseJson } from './json.ts';
import { refuse } from './refused.ts';
import type { Dynamic, KqlType } from './values.ts';

const to =
  (type: KqlType): Builder =>
  (call) => {
    if (call.nodes.length !== 1)
      refuse(`${call.name}() with ${call.nodes.length} arguments is not evaluated`, call.node.start);
    const value = argument(call, 0);
    const from = value.type;
    if (from === type) return value;
    return derive(type, [value], (row) => convert(value.run(row), from, type));
  };

const parse: Builder = (call) => {
  const value = argument(call, 0);
  if (value.type === 'dynamic') return value;
  if (value.type !== 'string')
    return derive('dynamic', [value], (row) => convert(value.run(row), value.type, 'dynamic'));
  return remembered(value);
};

// The same text comes again and again: an event is parsed once for all columns of its row.
function remembered(value: Expr): Expr {
  let text: string | undefined;
  let parsed: Dynamic = null;
  return derive('dynamic', [value], (row) => {
    const next = value.run(row) as string;
    if (next !== text) {
      parsed = dynamicOf(next);
      text = next;
    }
    return parsed;
  });
}

/** parse_json(): text that is no JSON stays a string, an empty one is null. */
export function dynamicOf(text: string): Dynamic {
  if (text === '') return null;
  const parsed = parseJson(text);
  return parsed === undefined ? text : parsed;
}

export const conversionFunctions: Readonly<Record<string, Builder>> = {
  tostring: to('string'),
  toint: to('int'),
  tolong: to('long'),
  toreal: to('real'),
  todouble: to('real'),
  tobool: to('bool'),
  toboolean: to('bool'),
  todatetime: to('datetime'),
  totimespan: to('timespan'),
  totime: to('timespan'),
  toguid: to('guid'),
  parse_json: parse,
  parsejson: parse,
  todynamic: parse,
  toobject: parse,
};
