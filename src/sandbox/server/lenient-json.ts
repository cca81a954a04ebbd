const comment = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|\/\*[\s\S]*?\*\/|\/\/[^\n]*/gu;
const loose = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|[A-Za-z_$][\w$]*(?=\s*:)|,(?=\s*[}\]])/gu;

/**
 * JSON as ARM's own reader takes it: comments, names and strings without or with single quotes, line breaks in strings, commas at
 * the end. az sends templates this way, to keep their lines. Throws what JSON.parse throws where it is none of that either.
 */
export const parseLenientJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const bare = text.replaceAll(comment, (found) => (found.startsWith('/') ? ' ' : found));
    return JSON.parse(bare.replaceAll(loose, strict)) as unknown;
  }
};

const strict = (found: string): string => {
  if (found === ',') return '';
  if (found.startsWith('"')) return oneLine(found);
  if (!found.startsWith("'")) return `"${found}"`;
  const inner = found.slice(1, -1).replaceAll(String.raw`\'`, "'");
  return oneLine(`"${inner.replaceAll(/\\[\s\S]|"/gu, (part) => (part === '"' ? String.raw`\"` : part))}"`);
};

const oneLine = (quoted: string): string =>
  quoted
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\t', String.raw`\t`);
