// Usage: failed-files.ts RESULTS.json: the test files that failed, one a line, relative to this folder; nothing where vitest did not say.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface Results {
  readonly testResults: readonly { readonly name: string; readonly status: string }[];
}

const [file = ''] = process.argv.slice(2);
if (existsSync(file)) {
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Results;
  for (const { name, status } of testResults)
    if (status !== 'passed') process.stdout.write(`${relative(process.cwd(), name)}\n`);
}
