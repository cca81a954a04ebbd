import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkRule } from './check-rule.ts';
import { parseFunction } from './function-file.ts';
import type { Pack, PackFunction, PackProblem } from './pack.ts';
import { type Parsed, parseRule } from './rule-file.ts';

/**
 * Reads `kql/functions` and `kql/rules` below a folder. What is wrong with a file is a problem in the result and the file is left out;
 * only a folder that cannot be read throws. Queries are not bound here (`checkQueries` does that), so this is cheap.
 */
export async function loadPack(root: string): Promise<Pack> {
  const { z } = await import('zod');
  const functions = await readAll(root, 'kql/functions', (file, slug, document) =>
    parseFunction(z, file, slug, document),
  );
  const rules = await readAll(root, 'kql/rules', (file, slug, document) => parseRule(z, file, slug, document));
  return {
    functions: inCallOrder(functions.values),
    rules: rules.values,
    problems: [
      ...functions.problems,
      ...rules.problems,
      ...rules.values.flatMap(checkRule),
      ...repeated(functions.values, 'FunctionAlias', (fn) => fn.alias),
      ...repeated([...functions.values, ...rules.values], 'id', (item) => item.id.toLowerCase()),
      // Sentinel refuses a second rule of the same display name in a workspace.
      ...repeated(rules.values, 'name', (rule) => rule.name.toLowerCase()),
    ],
  };
}

async function readAll<T>(
  root: string,
  folder: string,
  parse: (file: string, slug: string, document: unknown) => Parsed<T>,
): Promise<{ readonly values: T[]; readonly problems: PackProblem[] }> {
  const { parse: parseYaml } = await import('yaml');
  const values: T[] = [];
  const problems: PackProblem[] = [];
  for (const name of (await readdir(join(root, folder))).filter((entry) => entry.endsWith('.yaml')).sort()) {
    const file = `${folder}/${name}`;
    const text = await readFile(join(root, file), 'utf8');
    let document: unknown;
    try {
      document = parseYaml(text);
    } catch (error) {
      problems.push({
        file,
        at: '',
        message: `no YAML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
      });
      continue;
    }
    const parsed = parse(file, name.slice(0, -'.yaml'.length), document);
    if ('value' in parsed) values.push(parsed.value);
    else problems.push(...parsed.problems);
  }
  return { values, problems };
}

// A workspace refuses a function that calls one it does not know yet.
function inCallOrder(functions: readonly PackFunction[]): PackFunction[] {
  const ordered = new Set<PackFunction>();
  const visit = (fn: PackFunction, path: readonly PackFunction[]): void => {
    if (ordered.has(fn) || path.includes(fn)) return;
    for (const other of functions) {
      if (other !== fn && calls(fn.query, other.alias)) visit(other, [...path, fn]);
    }
    ordered.add(fn);
  };
  for (const fn of functions) visit(fn, []);
  return [...ordered];
}

/** Whether a query calls a function, comments aside. */
export function calls(query: string, alias: string): boolean {
  return new RegExp(`\\b${alias}\\s*\\(`).test(query.replaceAll(/^\s*\/\/.*$/gm, ''));
}

function repeated<T extends { readonly file: string }>(
  items: readonly T[],
  at: string,
  key: (item: T) => string,
): PackProblem[] {
  return items.flatMap((item, index) => {
    const first = items.findIndex((other) => key(other) === key(item));
    return first === index ? [] : [{ file: item.file, at, message: `${key(item)} is taken by ${items[first]?.file}` }];
  });
}
