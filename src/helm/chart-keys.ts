import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { isValues, type Values } from './values.ts';

/** Which keys a chart reads. */
export interface ChartKeys {
  /** The chart's own values.yaml. */
  readonly defaults: Values;
  /** Dotted paths that its templates read; charts read keys that their values.yaml does not list. */
  readonly read: ReadonlySet<string>;
  /** Dotted paths below which anything may stand, because a template copies the whole mapping. */
  readonly copied: ReadonlySet<string>;
}

/** Reads a chart's .tgz. */
export async function chartKeys(tgz: string): Promise<ChartKeys> {
  const files = await chartFiles(tgz);
  const { parse } = await import('yaml');
  const values: unknown = parse(files.get('values.yaml') ?? '');
  const templates = [...files].filter(([name]) => name.startsWith('templates/')).map(([, text]) => text);
  const [read, copied] = [new Set<string>(), new Set<string>()];
  for (const text of templates) {
    for (const path of matches(text, /\$?\.Values\.([\w.]*\w)/g)) read.add(path);
    // hasKey .Values.k8s "requireIPv4PodCIDR", get .Values.a "b", index, dig
    for (const [, map = '', key = ''] of text.matchAll(/\$?\.Values((?:\.\w+)*)\)?\s+"([\w-]+)"/g)) {
      read.add(`${map}.${key}`.slice(1));
    }
    for (const path of matches(
      text,
      /(?:toYaml|toJson|merge|range[^}]*:=)\s+\$?\.Values\.([\w.]*\w)(?![\w.])(?!\s*\|\s*sha256sum)/g,
    ))
      copied.add(path);
    for (const path of matches(
      text,
      /with\s+\$?\.Values\.([\w.]*\w)\s*-?\}\}(?:(?!\{\{-?\s*end).){0,300}?to(?:Yaml|Json) \.(?!\w)/gs,
    ))
      copied.add(path);
  }
  return { defaults: isValues(values) ? values : {}, read, copied };
}

export interface UnknownKey {
  readonly path: string;
  /** The nearest key that the chart does read. */
  readonly suggestion: string | undefined;
}

/** Keys of user-given values that the chart never reads: a misspelt one passes every schema and changes nothing. */
export function unknownKeys(values: Values, chart: ChartKeys): UnknownKey[] {
  const prefixes = new Set([...chart.read].flatMap(parents));
  const walk = (given: Values, defaults: Values, above: string): UnknownKey[] =>
    Object.entries(given).flatMap(([key, value]) => {
      const path = above === '' ? key : `${above}.${key}`;
      const known = defaults[key];
      if (!(key in defaults) && !chart.read.has(path) && !prefixes.has(path)) {
        return [
          { path, suggestion: nearest(path, above, [...Object.keys(defaults), ...childrenOf(above, chart.read)]) },
        ];
      }
      if (!isValues(value) || chart.copied.has(path)) return [];
      if (isValues(known) && Object.keys(known).length > 0) return walk(value, known, path);
      // Nothing is said of what stands below: the templates' own words decide, where they have any.
      return prefixes.has(path) && !(key in defaults) ? walk(value, {}, path) : [];
    });
  return walk(values, chart.defaults, '');
}

const parents = (path: string): string[] => path.split('.').map((_, index, parts) => parts.slice(0, index).join('.'));

const childrenOf = (above: string, read: ReadonlySet<string>): string[] => {
  const prefix = above === '' ? '' : `${above}.`;
  return [...read]
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length).split('.')[0] ?? '');
};

function nearest(path: string, above: string, siblings: readonly string[]): string | undefined {
  const wrong = path.slice(above === '' ? 0 : above.length + 1);
  const [best] = [...new Set(siblings)]
    .map((name) => ({ name, far: distance(wrong.toLowerCase(), name.toLowerCase()) }))
    .filter(({ far }) => far <= Math.max(1, Math.floor(wrong.length / 4)))
    .sort((a, b) => a.far - b.far);
  return best === undefined ? undefined : above === '' ? best.name : `${above}.${best.name}`;
}

/** Levenshtein's, where two neighbours that changed places count once. */
function distance(a: string, b: string): number {
  let [above, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const crossed = swapped ? (above[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, crossed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [above, row] = [row, next];
  }
  return row.at(-1) ?? 0;
}

const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');

/** Text files of a chart by their path below its folder. */
async function chartFiles(tgz: string): Promise<Map<string, string>> {
  const { extract } = await import('tar-stream');
  const files = new Map<string, string>();
  const entries = Readable.from([gunzipSync(await readFile(tgz))]).pipe(extract());
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files.set(entry.header.name.slice(entry.header.name.indexOf('/') + 1), Buffer.concat(chunks).toString('utf8'));
  }
  return files;
}
