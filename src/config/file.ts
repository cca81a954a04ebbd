import { Problem } from '../errors/problem.ts';
import { fieldByPath, fields } from './fields.ts';
import { nest } from './nest.ts';
import { closest } from './suggest.ts';
import type { FieldPath, Scalar, Values } from './field.ts';

const refuse = (message: string, hint?: string): Problem =>
  new Problem(message, { kind: 'usage', code: 'config-file', hint });

const branches = new Set(
  fields.flatMap(({ path }) => path.split('.').map((_key, index, keys) => keys.slice(0, index).join('.'))),
);

const unknownKey = (path: string, fileName: string, line: number): Problem => {
  const known = [...fields.map((field) => field.path), ...branches].filter((name) => name !== '');
  const near = closest(path, known);
  return refuse(
    `${fileName}:${line} has the key ${path}, which is not known${near === undefined ? '' : `; did you mean ${near}?`}`,
    'See `aks-ebpf-sentinel config schema` for every key.',
  );
};

/**
 * Reads the file's text into values by path; types and ranges are judged later, together with flags and environment.
 * A number in a text field is taken as it was written: `kubernetesVersion: 1.30` means 1.30, not 1.3.
 * @throws Problem `config-file` for what is not YAML or has a key that nobody knows.
 */
export const parseConfigFile = async (text: string, fileName: string): Promise<Values> => {
  const { isMap, isScalar, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined)
    throw refuse(`${fileName} is not valid YAML: ${(error.message.split('\n')[0] ?? '').replace(/:$/u, '.')}`);
  const values: Partial<Record<FieldPath, Scalar>> = {};

  const walk = (node: unknown, prefix: string): void => {
    if (node === null || (isScalar(node) && node.value === null)) return;
    if (!isMap(node)) {
      throw refuse(`${prefix === '' ? fileName : `${prefix} in ${fileName}`} must be a mapping of keys to values.`);
    }
    for (const { key, value } of node.items) {
      const path = `${prefix === '' ? '' : `${prefix}.`}${isScalar(key) ? String(key.value) : String(key)}`;
      const line = isScalar(key) && key.range ? lines.linePos(key.range[0]).line : 1;
      const field = fieldByPath(path);
      if (field === undefined) {
        if (!branches.has(path)) throw unknownKey(path, fileName, line);
        walk(value, path);
        continue;
      }
      if (value === null || (isScalar(value) && value.value === null)) continue;
      if (!isScalar(value)) {
        throw refuse(`${fileName}:${line}: ${path} must be ${field.form}; for example ${String(field.example)}.`);
      }
      const asWritten = field.kind === 'text' && typeof value.value === 'number' ? value.source : undefined;
      values[field.path] = asWritten ?? (value.value as Scalar);
    }
  };
  walk(document.contents, '');
  return values;
};

/** The file's text: only what was chosen, each value with its help as a comment, so that the file teaches its reader. */
export const formatConfigFile = async (values: Values, schemaPath: string): Promise<string> => {
  const { Document, isScalar, isMap } = await import('yaml');
  const document = new Document(nest(values, { sparse: true }));
  const comment = (node: unknown, prefix: string): void => {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      const path = `${prefix}${isScalar(key) ? String(key.value) : String(key)}`;
      const field = fieldByPath(path);
      if (field === undefined) comment(value, `${path}.`);
      else if (isScalar(value)) value.comment = ` ${field.help}`;
    }
  };
  comment(document.contents, '');
  return `# yaml-language-server: $schema=${schemaPath}\n${document.toString({ lineWidth: 0 })}`;
};
