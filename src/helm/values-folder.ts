import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder charts-values of the package: some levels above this file, in a checkout as in a bundle. */
export function valuesFolder(from: string = import.meta.url): string {
  for (let folder = dirname(fileURLToPath(from)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'charts-values');
    if (existsSync(join(candidate, 'cilium.yaml'))) return candidate;
    if (folder === dirname(folder))
      throw new Error(`charts-values is missing above ${fileURLToPath(from)}: the package is incomplete.`);
  }
}
