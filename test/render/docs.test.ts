import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { generatedDocs } from '../../scripts/generated-docs.ts';

const root = resolve(import.meta.dirname, '..', '..');

test.each(Object.entries(generatedDocs()))(
  'docs/%s is what the tables say (node scripts/generate-docs.ts)',
  (name, text) => {
    expect(readFileSync(join(root, 'docs', name), 'utf8')).toBe(text);
  },
);

test('every dependency has its line in docs/dependencies.md', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const page = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8').replace(
    '-v31, -v35',
    '-v31, @aws-cdk/lambda-layer-kubectl-v35',
  );
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
    const named = new RegExp(String.raw`(?:\| |, )${name.replaceAll('/', String.raw`\/`)}(?: \||,)`, 'u');
    expect(page, name).toMatch(named);
  }
});
