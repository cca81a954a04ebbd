import type { JsonObject } from './json.ts';

/** Fields that stand twice in the text of a JSON object, by their place, as strict decoding names them: `data.a`. */
export const duplicateFields = (text: string): readonly string[] => {
  const found = new Set<string>();
  let at = 0;
  const skip = (): void => {
    while (/\s/.test(text.charAt(at))) at += 1;
  };
  const string = (): string => {
    const start = at;
    at += 1;
    while (text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
    at += 1;
    return JSON.parse(text.slice(start, at)) as string;
  };
  /** Everything up to the closing mark, one member at a time. */
  const members = (end: string, member: (index: number) => void): void => {
    at += 1;
    for (let index = 0; ; index += 1) {
      skip();
      if (text.charAt(at) === end) break;
      member(index);
      skip();
      if (text.charAt(at) === ',') at += 1;
    }
    at += 1;
  };
  const value = (path: string): void => {
    skip();
    switch (text.charAt(at)) {
      case '{': {
        const seen = new Set<string>();
        members('}', () => {
          const key = string();
          const place = path === '' ? key : `${path}.${key}`;
          skip();
          at += 1;
          value(place);
          if (seen.has(key)) found.add(place);
          seen.add(key);
        });
        return;
      }
      case '[':
        return members(']', (index) => value(`${path}[${index}]`));
      case '"':
        string();
        return;
      default:
        while (at < text.length && !/[\s,\]}]/.test(text.charAt(at))) at += 1;
    }
  };
  value('');
  return [...found];
};

const known = new WeakMap<JsonObject, string>();

/** Remembers the text that a body was read from: what stands in it twice does not survive the reading. */
export const readFrom = (body: JsonObject, text: string): JsonObject => {
  known.set(body, text);
  return body;
};

/** Fields that stood twice in what this body was read from. */
export const duplicatesIn = (body: JsonObject): readonly string[] => {
  const text = known.get(body);
  return text === undefined ? [] : duplicateFields(text);
};
