import { refuse } from './refused.ts';

/**
 * The query as plain data: Microsoft's syntax tree copied once, so that nothing else here touches the parser's classes.
 * `kind` is the parser's class name; a list has kind `List`; `parts` are the named children.
 */
export type Node = {
  readonly kind: string;
  readonly start: number;
  readonly text: string;
  readonly name: string;
  /** The value of a string literal. */
  readonly literal: string | undefined;
  /** The binder's type, where it knows one. */
  readonly type: string | undefined;
  /** The name of the column that this list item makes when it is given none, by the binder's rules. */
  readonly implied: string | undefined;
  readonly parts: Readonly<Record<string, Node>>;
  readonly items: readonly Node[];
};

/** The few members of the parser's nodes that are read. */
export type ParserNode = {
  readonly ChildCount: number;
  readonly TextStart: number;
  readonly SimpleName?: string | null;
  readonly LiteralValue?: unknown;
  readonly ResultType?: { readonly Name: string } | null;
  readonly Text?: string;
  GetChild(index: number): ParserNode | null;
  GetName(index: number): string | null;
  toString(options?: number): string;
};

const NO_PARTS: Readonly<Record<string, Node>> = {};
const NO_ITEMS: readonly Node[] = [];

/** What is asked of the parser about a node besides its members. */
export type Parser = { kindOf(node: ParserNode): string; impliedName(node: ParserNode): string | null };

export function copyTree(node: ParserNode, parser: Parser): Node {
  const kind = parser.kindOf(node);
  if (kind.endsWith('Token')) return leaf(node, 'Token', node.Text ?? '');
  if (kind === 'SyntaxList') return { ...leaf(node, 'List', ''), items: copyItems(node, parser) };
  const parts: Record<string, Node> = {};
  for (let index = 0; index < node.ChildCount; index++) {
    const child = node.GetChild(index);
    if (child !== null) parts[node.GetName(index) ?? `${index}`] = copyTree(child, parser);
  }
  const type = node.ResultType?.Name;
  return {
    ...leaf(node, kind, textOf(node, kind)),
    name: node.SimpleName ?? '',
    literal: typeof node.LiteralValue === 'string' ? node.LiteralValue : undefined,
    type: type === '' ? undefined : type,
    parts,
  };
}

function copyItems(list: ParserNode, parser: Parser): Node[] {
  const items: Node[] = [];
  for (let index = 0; index < list.ChildCount; index++) {
    const child = list.GetChild(index);
    if (child === null) continue;
    const inner = parser.kindOf(child) === 'SeparatedElement' ? child.GetChild(0) : child;
    if (inner !== null) items.push({ ...copyTree(inner, parser), implied: parser.impliedName(inner) ?? undefined });
  }
  return items;
}

function leaf(node: ParserNode, kind: string, text: string): Node {
  return {
    kind,
    start: node.TextStart,
    text,
    name: '',
    literal: undefined,
    type: undefined,
    implied: undefined,
    parts: NO_PARTS,
    items: NO_ITEMS,
  };
}

// Only these are read back as text; whole operators would copy the query once per level.
function textOf(node: ParserNode, kind: string): string {
  return /Literal|TypeExpression|NameReference|NameDeclaration|Wildcard|TokenName/.test(kind)
    ? node.toString(0).trim()
    : '';
}

/** The items of a list-valued child, none when the child is absent. */
export function items(node: Node, part: string): readonly Node[] {
  return node.parts[part]?.items ?? NO_ITEMS;
}

/** A child that the grammar demands. */
export function part(node: Node, name: string): Node {
  const child = node.parts[name];
  return child ?? refuse(`${node.kind} without ${name} is not evaluated`, node.start);
}

/** The lower-case text of a token child, empty when absent. */
export function token(node: Node, name: string): string {
  return node.parts[name]?.text.toLowerCase() ?? '';
}

/** The `name=value` parameters of an operator, values as written. */
export function parameters(node: Node, list = 'Parameters'): ReadonlyMap<string, Node> {
  const found = new Map<string, Node>();
  for (const item of items(node, list)) {
    if (item.kind === 'NamedParameter') found.set(part(item, 'Name').name, part(item, 'Expression'));
  }
  return found;
}

/** A parameter's word: a name, a string's value or a literal's text. */
export function word(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  return node.literal ?? (node.name !== '' ? node.name : node.text);
}

export function unwrap(node: Node): Node {
  let inner = node;
  while (inner.kind === 'ParenthesizedExpression') inner = part(inner, 'Expression');
  return inner;
}
