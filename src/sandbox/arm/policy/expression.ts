/** A policy expression that the sandbox cannot compute: it is refused when it is written, not guessed at when it is used. */
export class UnknownExpression extends Error {}

type Values = Readonly<Record<string, unknown>>;

/** `[concat('tags[', parameters('tagName'), ']')]` with the values of the parameters; other texts stand for themselves. */
export const resolveExpression = (value: unknown, parameters: Values): unknown => {
  if (typeof value !== 'string' || !/^\[(?!\[).*\]$/su.test(value)) return value;
  const source = value.slice(1, -1);
  const [result, rest] = read(source.trim(), parameters);
  if (rest.trim() !== '') throw new UnknownExpression(`The expression '${value}' is not known to the sandbox.`);
  return result;
};

/** The value at the beginning of a source, and what comes after it. */
const read = (source: string, parameters: Values): readonly [unknown, string] => {
  const quoted = /^'((?:[^']|'')*)'/u.exec(source);
  if (quoted !== null) return [(quoted[1] ?? '').replaceAll("''", "'"), source.slice(quoted[0].length)];
  const called = /^(\w+)\s*\(\s*/u.exec(source);
  if (called === null) throw new UnknownExpression(`The expression '${source}' is not known to the sandbox.`);
  let rest = source.slice(called[0].length);
  const given: unknown[] = [];
  while (!rest.startsWith(')')) {
    const [value, after] = read(rest, parameters);
    given.push(value);
    rest = after.trimStart().replace(/^,\s*/u, '');
    if (rest === '') throw new UnknownExpression(`The expression '${source}' does not end.`);
  }
  return [call(called[1] ?? '', given, parameters), rest.slice(1)];
};

const call = (name: string, given: readonly unknown[], parameters: Values): unknown => {
  switch (name.toLowerCase()) {
    case 'parameters': {
      const wanted = String(given[0]).toLowerCase();
      return Object.entries(parameters).find(([one]) => one.toLowerCase() === wanted)?.[1];
    }
    case 'concat':
      return given.map(String).join('');
    case 'tolower':
      return String(given[0]).toLowerCase();
    case 'toupper':
      return String(given[0]).toUpperCase();
    default:
      throw new UnknownExpression(`The policy function '${name}' is not known to the sandbox.`);
  }
};
