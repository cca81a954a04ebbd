/**
 * Makes src/sandbox/arm/schemas/*.json, the sandbox's checks of request bodies, from JSON Schemas of Azure's resource types
 * (themselves generated from Azure/bicep-types-az, MIT). Only facts are kept: names, types, patterns, limits.
 *
 *   node scripts/generate-arm-schemas.ts FOLDER_WITH_SCHEMAS
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Schema = Readonly<Record<string, unknown>>;

const kept = new Set(
  'type properties required additionalProperties items enum const pattern oneOf $ref'
    .split(' ')
    .concat('minimum maximum minLength maxLength maxItems minItems x-known-values'.split(' ')),
);

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const prune = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(prune);
  if (!isSchema(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([keyword]) => kept.has(keyword))
      .map(([keyword, part]) => [keyword, keyword === 'properties' && isSchema(part) ? mapValues(part) : prune(part)]),
  );
};

const mapValues = (members: Schema): Schema =>
  Object.fromEntries(Object.entries(members).map(([name, member]) => [name, prune(member)]));

const references = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isSchema(value)) return [];
  const own = typeof value['$ref'] === 'string' ? [value['$ref'].replace('#/$defs/', '')] : [];
  return [...own, ...Object.values(value).flatMap(references)];
};

const reachable = (schema: Schema, definitions: Schema): Schema => {
  const found = new Map<string, unknown>();
  const visit = (part: unknown): void => {
    for (const name of references(part)) {
      if (found.has(name)) continue;
      const definition = prune(definitions[name]);
      found.set(name, definition);
      visit(definition);
    }
  };
  visit(schema);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
};

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('Name the folder that holds the *.schema.json files.');
const target = join(import.meta.dirname, '..', 'src', 'sandbox', 'arm', 'schemas');
mkdirSync(target, { recursive: true });

for (const file of readdirSync(source).filter((name) => name.endsWith('.schema.json'))) {
  const schema: unknown = JSON.parse(readFileSync(join(source, file), 'utf8'));
  if (!isSchema(schema)) throw new Error(`${file} holds no schema.`);
  const definitions = isSchema(schema['$defs']) ? schema['$defs'] : {};
  const body = prune(schema) as Schema;
  const out = { name: prune(schema['x-resource-name']), body, definitions: reachable(body, definitions) };
  writeFileSync(join(target, file.replace('.schema.json', '.json')), `${JSON.stringify(out)}\n`);
}
