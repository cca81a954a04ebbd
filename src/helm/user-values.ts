import { readFile } from 'node:fs/promises';
import { Problem } from '../errors/problem.ts';
import { chartKeys, unknownKeys } from './chart-keys.ts';
import { HelmError } from './helm-error.ts';
import { isValues, type Values } from './values.ts';

const refuse = (message: string, hint?: string): Problem =>
  new Problem(message, { kind: 'usage', code: 'values-file', hint });

const whatToGive =
  'Give the path of a YAML file with Helm values by --cilium-values or --tetragon-values, or leave it out.';
const whatItHolds =
  'Correct it to a mapping as helm reads it, for example `hubble: {enabled: true}`, or leave the file out.';

/**
 * The user's own Helm values, empty where no file is named; `where` says where it was named, for messages.
 * @throws Problem `usage` for a file that is missing, cannot be read, is no YAML or no mapping.
 */
export const readUserValues = async (file: string | undefined, where?: string): Promise<Values> => {
  if (file === undefined) return {};
  const named = `The values file ${file}${where === undefined ? '' : ` of ${where}`}`;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw refuse(`${named} ${unreadable(error)}.`, whatToGive);
  });
  const { parseDocument, LineCounter } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [error] = document.errors;
  // Values can hold secrets: the line's number is told, not its text.
  if (error !== undefined)
    throw refuse(`${named} is no valid YAML in line ${lines.linePos(error.pos[0]).line}.`, whatItHolds);
  let values: unknown;
  try {
    values = document.toJS() ?? {};
  } catch {
    // Aliases are looked up only now: one without an anchor, or so many that they would fill the memory.
    throw refuse(`${named} is no valid YAML: an alias in it leads nowhere, or there are too many.`, whatItHolds);
  }
  if (!isValues(values)) throw refuse(`${named} must be a mapping of keys to values, as for helm.`, whatItHolds);
  return values;
};

const unreadable = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  if (code === 'ENOENT') return 'does not exist';
  return code === 'EISDIR' ? 'is a folder, not a file' : `cannot be read (${code})`;
};

export interface UserValues {
  readonly file: string;
  readonly chart: { readonly name: string; readonly version: string };
  /** Path of the chart's .tgz. */
  readonly tgz: string;
}

/**
 * A misspelt key passes helm and every schema, and changes nothing. One that is nearly a key of the chart is refused; one that resembles
 * none may be read in a way that we do not see, so that it is only worth a warning. Answers the warnings. @throws Problem `usage`
 */
export const checkUserKeys = async ({ file, chart, tgz }: UserValues): Promise<readonly string[]> => {
  const unknown = unknownKeys(await readUserValues(file), await chartKeys(tgz));
  const misspelt = unknown.flatMap(({ path, suggestion }) =>
    suggestion === undefined ? [] : [`${path} (did you mean ${suggestion}?)`],
  );
  const of = `the chart ${chart.name} ${chart.version} does not read`;
  if (misspelt.length > 0)
    throw refuse(
      `${file} has ${misspelt.length === 1 ? 'a key' : `${misspelt.length} keys`} that ${of}: ${misspelt.join(', ')}.`,
      'Correct the spelling: helm would take it, and nothing would change.',
    );
  return unknown.map(({ path }) => `${path} in ${file} is a key that ${of}`);
};

/** What the chart itself says against the values is said of the file that they stand in. */
export const inFile = (error: unknown, file: string): unknown =>
  error instanceof HelmError && (error.reason === 'schema' || error.reason === 'template-failed')
    ? new HelmError(error.reason, error.message, `Correct the named value in ${file}.`, { cause: error })
    : error;
