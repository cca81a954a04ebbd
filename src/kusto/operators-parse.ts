import { convert } from './cast.ts';
import { coerce } from './coerce.ts';
import { refuse } from './refused.ts';
import { compileRegex } from './regex.ts';
import { type Flow, type Operator, visit } from './rows.ts';
import { type Node, items, parameters, part, word } from './syntax.ts';
import { type Column, type KqlType, type Row, type Value, missing, typeNamed } from './values.ts';

type Piece =
  | { readonly kind: 'star' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string; readonly type: KqlType };
type Mode = 'simple' | 'relaxed' | 'regex';

function piecesOf(node: Node): Piece[] {
  return items(node, 'Patterns').map((pattern): Piece => {
    switch (pattern.kind) {
      case 'StarExpression':
        return { kind: 'star' };
      case 'LiteralExpression':
      case 'CompoundStringLiteralExpression':
        return {
          kind: 'text',
          text: pattern.literal ?? refuse('parse with a pattern that is no string is not evaluated', pattern.start),
        };
      case 'NameDeclaration':
        return { kind: 'field', name: pattern.name, type: 'string' };
      case 'NameAndTypeDeclaration':
        return {
          kind: 'field',
          name: part(pattern, 'Name').name,
          type: typeNamed(part(pattern, 'Type').text, pattern.start),
        };
      default:
        return refuse(`parse with ${pattern.kind} in its pattern is not evaluated`, pattern.start);
    }
  });
}

const quote = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** What a field takes in: up to the next text, or, before a star, as much as its type can be. */
function fieldSource(type: KqlType, next: Piece | undefined, mode: Mode, node: Node): string {
  if (type === 'long' || type === 'int') {
    if (next?.kind === 'star') return '([-+]?\\d+)';
  } else if (type === 'real' && next?.kind === 'star') return '([-+]?\\d*\\.?\\d+(?:[eE][-+]?\\d+)?)';
  if (next?.kind === 'star' && type !== 'string')
    refuse(`parse of a ${type} followed by * is not evaluated`, node.start);
  if (next?.kind === 'field' && mode !== 'regex')
    refuse('parse of two fields without a text between them is not evaluated', node.start);
  return '([\\s\\S]*?)';
}

function patternOf(pieces: readonly Piece[], mode: Mode, flags: string, node: Node): RegExp {
  // With s the documentation shows fields that end at a line break all the same.
  if (flags.replace(/[imU]/g, '') !== '') refuse(`parse with the flags ${flags} is not evaluated`, node.start);
  const ungreedy = flags.includes('U');
  const any = '[^\\n]';
  let source = '^';
  for (const [index, piece] of pieces.entries()) {
    const next = pieces[index + 1];
    if (piece.kind === 'star') source += mode === 'regex' ? `${any}*${ungreedy ? '?' : ''}` : '[^]*?';
    else if (piece.kind === 'text') source += mode === 'regex' ? embedded(piece.text, node) : quote(piece.text);
    else if (mode === 'regex') source += regexField(piece.type, `${any}*${ungreedy ? '?' : ''}`, node);
    else source += fieldSource(piece.type, next, mode, node);
  }
  const ends = mode === 'regex' && pieces[pieces.length - 1]?.kind === 'text' ? '' : '$';
  return new RegExp(`${source}${ends}`, `u${flags.includes('i') ? 'i' : ''}`);
}

function regexField(type: KqlType, anything: string, node: Node): string {
  if (type === 'string' || type === 'datetime') return `(${anything})`;
  if (type === 'long' || type === 'int') return '(-?\\d+)';
  return refuse(`parse kind=regex of a ${type} is not evaluated`, node.start);
}

function embedded(text: string, node: Node): string {
  const { source } = compileRegex(text);
  // Only the fields are captured.
  if (/\[[^\]]*\(/.test(source) || source.includes('(?<'))
    refuse('this capture group in a parse pattern is not evaluated', node.start);
  return `(?:${source.replace(/(\\.)|\((?!\?)/g, (_, escaped: string | undefined) => escaped ?? '(?:')})`;
}

const parse =
  (onlyMatches: boolean): Operator =>
  (node, flow) => {
    const given = parameters(node);
    const kind = word(given.get('kind')) ?? 'simple';
    const mode: Mode =
      kind === 'simple' || kind === 'relaxed' || kind === 'regex'
        ? kind
        : refuse(`parse kind=${kind} is not evaluated`, node.start);
    const flags = word(given.get('flags')) ?? '';
    const pieces = piecesOf(node);
    const pattern = patternOf(pieces, mode, flags, node);
    // Whether a pattern that ends in a text may stop before the end of what it reads is not documented.
    const loose =
      pieces[pieces.length - 1]?.kind === 'text' && mode !== 'regex'
        ? new RegExp(pattern.source.replace(/\$$/, ''), pattern.flags)
        : undefined;
    const fields = pieces.filter((piece) => piece.kind === 'field');
    const text = coerce(flow.session.compile(part(node, 'Expression'), flow.context), 'string');
    const { columns, places } = withFields(fields, flow);
    const rows: Row[] = [];
    visit(flow, (row) => {
      const match = pattern.exec(text.run(row) as string);
      if (match === null && loose?.test(text.run(row) as string) === true) {
        refuse('parse of a text that goes on behind the pattern is not evaluated', node.start);
      }
      const values =
        match === null ? undefined : fields.map(({ type }, at) => convert(match[at + 1] ?? '', 'string', type));
      const strict = mode !== 'relaxed';
      const failed = values === undefined || (strict && values.some((value) => value === null));
      if (failed && onlyMatches) return;
      const copy: Value[] = [...row];
      for (const [at, field] of fields.entries())
        copy[places[at] ?? 0] = failed ? missing(field.type) : (values[at] ?? null);
      rows.push(copy);
    });
    return { columns, rows };
  };

/** The table's columns with new ones for the fields; a field of a known name takes that column's place. */
export function withFields(
  fields: readonly { readonly name: string; readonly type: KqlType }[],
  flow: Flow,
): { readonly columns: Column[]; readonly places: readonly number[] } {
  const columns: Column[] = [...flow.table.columns];
  const places = fields.map(({ name, type }) => {
    const known = columns.findIndex((column) => column.name === name && column.hidden !== true);
    if (known < 0) return columns.push({ name, type }) - 1;
    columns[known] = { name, type };
    return known;
  });
  return { columns, places };
}

export const parseOperators: Readonly<Record<string, Operator>> = {
  ParseOperator: parse(false),
  ParseWhereOperator: parse(true),
};
