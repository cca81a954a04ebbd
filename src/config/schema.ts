import { environmentName, type Field } from './field.ts';
import { fields } from './fields.ts';

type Node = Record<string, unknown>;

const leaf = (field: Field): Node => {
  const words = `${field.help}. Flag --${field.flag}, environment ${environmentName(field.flag)}.`;
  const description = `${words}${field.fallback === undefined ? '' : ` Default: ${field.fallback.words}.`}`;
  const common = { description, examples: [field.example] };
  switch (field.kind) {
    case 'switch':
      return { type: 'boolean', ...common };
    case 'integer':
      return { type: 'integer', minimum: field.minimum, maximum: field.maximum, ...common };
    case 'choice':
      return { enum: field.choices, ...common };
    case 'text':
      return { type: 'string', ...(field.pattern && { pattern: field.pattern.source }), ...common };
    default:
      return field.kind satisfies never;
  }
};

const branch = (): Node => ({ type: 'object', additionalProperties: false, properties: {} });

/** JSON Schema (2020-12) of aks-ebpf-sentinel.yaml. Nothing is required: flags and environment may supply what the file leaves out. */
export const configSchema = (): Node => {
  const root = branch();
  for (const field of fields) {
    const keys = field.path.split('.');
    let at = root['properties'] as Node;
    for (const key of keys.slice(0, -1)) at = ((at[key] ??= branch()) as Node)['properties'] as Node;
    at[keys.at(-1) ?? field.path] = leaf(field);
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'aks-ebpf-sentinel.yaml',
    description: 'What aks-ebpf-sentinel builds.',
    ...root,
  };
};
