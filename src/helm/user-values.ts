import { readFile } from 'node:fs/promises';
import { Problem } from '../errors/problem.ts';
import { chartKeys, unknownKeys } from './chart-keys.ts';
import { HelmError } from './helm-error.ts';
import { isValues, type Values } from './values.ts';

const refuse = (message: string, hint?: string): Problem =>
  new Problem(message, { kind: 'usage', code: 'values-file', hint });

/** The user's own Helm values, empty where no file is named. @throws Problem `usage` for a file that is missing or no mapping. */
export const readUserValues = async (file: string | undefined): Promise<Values> => {
  if (file === undefined) return {};
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw refuse(
      `The values file ${file} ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}.`,
      'Give the path of a YAML file with Helm values by --cilium-values or --tetragon-values, or leave it out.',
    );
  });
  const { parseDocument, LineCounter } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [error] = document.errors;
  // Values can hold secrets: the line's number is told, not its text.
  if (error !== undefined)
    throw refuse(`The values file ${file} is no valid YAML in line ${lines.linePos(error.pos[0]).line}.`);
  const values: unknown = document.toJS() ?? {};
  if (!isValues(values)) throw refuse(`The values file ${file} must be a mapping of keys to values, as for helm.`);
  return values;
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
