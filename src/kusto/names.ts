import { type Node, part } from './syntax.ts';

/** A name not yet taken: the wanted one, else with the first free number after it. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let number = 1; ; number++) {
    if (!taken.has(`${wanted}${number}`)) return `${wanted}${number}`;
  }
}

/** The name that an expression is given with `name = …`. */
export function givenName(node: Node): string | undefined {
  return node.kind === 'SimpleNamedExpression' ? part(node, 'Name').name : undefined;
}

/** The names that an expression is given with `(a, b) = …`. */
export function givenNames(node: Node): readonly string[] | undefined {
  return node.kind === 'CompoundNamedExpression'
    ? part(part(node, 'Names'), 'Names').items.map((item) => item.name)
    : undefined;
}

/** The expression without its name. */
export function namedValue(node: Node): Node {
  return node.kind === 'SimpleNamedExpression' || node.kind === 'CompoundNamedExpression'
    ? part(node, 'Expression')
    : node;
}

/** Hands out names for expressions without one: Column1, Column2 … */
export function numbered(prefix: string, first: number, taken: ReadonlySet<string>): () => string {
  let next = first;
  return () => {
    while (taken.has(`${prefix}${next}`)) next++;
    return `${prefix}${next++}`;
  };
}
