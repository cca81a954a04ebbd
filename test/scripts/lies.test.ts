import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Lie } from '../lies/lie.ts';
import { liesOfAzure } from '../lies/lies-of-azure.ts';
import { liesOfKubernetes } from '../lies/lies-of-kubernetes.ts';
import { fileOf, lied } from '../lies/planted.ts';

// `npm run test:lies` tells them; whoever changes the sandbox is told here, at once, that a lie has lost its place.

const root = join(import.meta.dirname, '..', '..');
const all: readonly Lie[] = [...liesOfAzure, ...liesOfKubernetes];

describe('every lie', () => {
  test.for(all)('has its one place: $name', (lie) => {
    const truth = readFileSync(join(root, fileOf(lie)), 'utf8');
    expect(lied(truth, lie)).not.toBe(truth);
  });

  test('is told once', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });
});

test('a place that is gone, or is there twice, is an error that names it', () => {
  const [lie] = all;
  if (lie === undefined) throw new Error('there is no lie');
  expect(() => lied('', lie)).toThrow(/which is 0 times in .*; it has to be once/u);
  expect(() => lied(lie.find.repeat(2), lie)).toThrow(/which is 2 times/u);
});
