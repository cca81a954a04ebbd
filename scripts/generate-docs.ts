// Writes docs/ anew from the tables in src; a test fails while a page is stale.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { generatedDocs } from './generated-docs.ts';

const docs = resolve(import.meta.dirname, '..', 'docs');
mkdirSync(docs, { recursive: true });
for (const [name, text] of Object.entries(generatedDocs())) {
  writeFileSync(join(docs, name), text);
  console.log(`docs/${name}`);
}
