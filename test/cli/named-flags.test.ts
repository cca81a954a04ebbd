import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from '../../src/cli/catalogue.ts';
import { globalOptions } from '../../src/cli/globals.ts';
import { flagOf } from '../../src/cli/option.ts';
import { fields } from '../../src/config/fields.ts';
import { packageRoot } from './harness.ts';

const ours = new Set(
  [
    ...Object.keys(globalOptions).map(flagOf),
    ...catalogue.flatMap(({ options }) => Object.keys(options).map(flagOf)),
    ...fields.map(({ flag }) => flag),
    'help',
    'version',
  ].flatMap((flag) => [flag, `no-${flag}`]),
);

/** Arguments of helm, curl and Tetragon, in code and sentences about them. */
const foreign = new Set(['install', 'template', 'values', 'enable-ancestors', 'cacert', 'no']);
const foreignCommand = /(?<![\w-])(?:az|kubectl|helm|minikube|k3s) [^`]*/gu;

const flagsIn = (text: string): readonly string[] =>
  [
    ...text
      .replaceAll(foreignCommand, '')
      .matchAll(/(?<![\w-])--(?:\[no-\])?([a-z][a-z0-9-]*[a-z0-9])(?![a-z0-9]|-\$|=value)/gu),
  ]
    .map((match) => match[1] ?? '')
    .filter((flag) => !foreign.has(flag));

const strings = (source: string): readonly string[] =>
  [...source.matchAll(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\\n]|\\.)*"/gu)].map(([text]) => text);

/** Sentences only: an argument of a program stands alone. */
const sentences = globSync('src/**/*.ts', { cwd: packageRoot })
  .filter((file) => !file.startsWith(join('src', 'sandbox')))
  .flatMap((file) =>
    strings(readFileSync(join(packageRoot, file), 'utf8'))
      .filter((text) => text.includes(' '))
      .flatMap((text) => flagsIn(text).map((flag) => ({ file, flag }))),
  );

test('there are sentences that name flags', () => {
  expect(sentences.length).toBeGreaterThan(20);
});

test('every flag that a sentence names exists', () => {
  expect(sentences.filter(({ flag }) => !ours.has(flag))).toEqual([]);
});

test.each(['README.md', ...globSync('docs/*.md', { cwd: packageRoot })])('every flag that %s names exists', (file) => {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  expect(flagsIn(text).filter((flag) => !ours.has(flag))).toEqual([]);
});
