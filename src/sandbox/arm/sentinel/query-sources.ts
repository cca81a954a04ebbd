/** Operators and functions that stand where a table could, without being one. */
const notTables = new Set(
  [
    'datatable range print externaldata materialize view toscalar union find search let set declare',
    'dynamic datetime timespan time database workspace table isfuzzy kind withsource hint evaluate invoke',
  ].flatMap((line) => line.split(' ')),
);

/** What a query reads from: the names at the places where KQL expects a tabular source. */
export interface QuerySource {
  readonly name: string;
  readonly isCall: boolean;
  /** `union isfuzzy=true` forgives what does not exist. */
  readonly fuzzy: boolean;
}

/**
 * Finds the sources of a query by its text: the start of each statement, the operands of union, join and lookup, and what follows
 * an opening parenthesis with a pipe in it. Names that `let` binds are left out. Not a parser: a source it cannot see is not refused.
 */
export const querySources = (query: string): readonly QuerySource[] => {
  const text = blank(query);
  const bound = new Set([...text.matchAll(/\blet\s+([A-Za-z_]\w*)\s*=/gu)].map(([, name = '']) => name));
  const found: QuerySource[] = [];
  const add = (name: string | undefined, after: string, fuzzy: boolean): void => {
    if (name === undefined || bound.has(name) || notTables.has(name.toLowerCase())) return;
    found.push({ name, isCall: after.trimStart().startsWith('('), fuzzy });
  };
  for (const statement of text.split(';')) {
    const expression = statement.replace(/^\s*let\s+\w+\s*=/u, '');
    const start = /^\s*([A-Za-z_]\w*)/u.exec(expression);
    if (!/^\s*\(/u.test(expression) && (expression === statement || /^\s*[A-Za-z_]\w*\s*(\||$|\()/u.test(expression))) {
      const isScalar = expression !== statement && !expression.includes('|');
      if (start !== null && !isScalar) add(start[1], expression.slice(start[0].length), false);
    }
    for (const match of expression.matchAll(
      /\b(?:join|lookup)\b((?:\s+(?:kind|hint\.\w+)\s*=\s*\w+)*)\s*\(?\s*([A-Za-z_]\w*)/gu,
    )) {
      add(match[2], expression.slice(match.index + match[0].length), false);
    }
    for (const match of expression.matchAll(
      /\bunion\b((?:\s+(?:kind|isfuzzy|withsource|hint\.\w+)\s*=\s*\w+)*)([^|]*)/gu,
    )) {
      const fuzzy = /isfuzzy\s*=\s*true/iu.test(match[1] ?? '');
      for (const [part] of (match[2] ?? '').matchAll(/(?:^|,)\s*\(?\s*[A-Za-z_]\w*\s*\(?/gu)) {
        add(/[A-Za-z_]\w*/u.exec(part)?.[0], part.trimEnd().endsWith('(') ? '(' : '', fuzzy);
      }
    }
  }
  return found;
};

/** The query without comments and without what is inside string literals. */
const blank = (query: string): string =>
  query.replaceAll(/\/\/[^\n]*|@?"(?:[^"\\\n]|\\.)*"|@?'(?:[^'\\\n]|\\.)*'|```[\s\S]*?```/gu, (part) =>
    part.startsWith('//') ? '' : '""',
  );
