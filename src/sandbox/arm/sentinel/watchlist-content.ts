import { providerError } from '../checked-body.ts';

/** The largest content that a request may carry, in characters: 3.8 MB. */
const largest = 3_800_000;

const bad = (message: string): Error => providerError(400, 'BadRequest', message);

/** Cells of one line; a quoted cell may hold separators and doubled quotes. */
const cells = (line: string, separator: string): readonly string[] => {
  const found: string[] = [];
  let rest = line;
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"/u.exec(rest);
    const value = quoted === null ? (rest.split(separator)[0] ?? '') : (quoted[1] ?? '').replaceAll('""', '"');
    found.push(value.trim());
    rest = rest.slice(quoted === null ? value.length : quoted[0].length);
    if (!rest.startsWith(separator)) {
      if (rest.trim() !== '') throw bad(`The content is not valid: the line '${line.slice(0, 80)}' cannot be parsed.`);
      return found;
    }
    rest = rest.slice(separator.length);
  }
};

/** Lines, those inside quotes kept whole. */
const linesOf = (text: string): readonly string[] =>
  (text.replaceAll('\r\n', '\n').match(/(?:[^\n"]|"(?:[^"]|"")*")+/gu) ?? []).filter((line) => line.trim() !== '');

/** The items of a watchlist's `rawContent`: a header and lines below it, after those that are to be skipped. */
export const parseContent = (options: {
  readonly text: string;
  readonly contentType: string;
  readonly skip: number;
  readonly searchKey: string;
}): readonly Readonly<Record<string, string>>[] => {
  const separators: Readonly<Record<string, string>> = { 'text/csv': ',', 'text/tsv': '\t' };
  const separator = separators[options.contentType.toLowerCase()];
  if (separator === undefined)
    throw bad(`The content type '${options.contentType}' is not supported: use text/csv or text/tsv.`);
  if (options.text.length > largest) throw bad('The content is larger than 3.8 MB: upload it to a storage account.');
  const [header, ...lines] = linesOf(options.text).slice(options.skip);
  const names = header === undefined ? [] : cells(header, separator);
  if (!names.includes(options.searchKey))
    throw bad(`The items search key '${options.searchKey}' is not one of the columns '${names.join(', ')}'.`);
  if (new Set(names).size < names.length) throw bad(`The columns '${names.join(', ')}' are not unique.`);
  return lines.map((line) => {
    const values = cells(line, separator);
    if (values.length !== names.length)
      throw bad(`The line '${line.slice(0, 80)}' has ${values.length} cells, but there are ${names.length} columns.`);
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  });
};
