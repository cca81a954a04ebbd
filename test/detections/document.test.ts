import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { currentDocument } from '../../scripts/write-detections-doc.ts';
import { packRoot } from './root.ts';

it('docs/detections.md says what the pack does today (node scripts/write-detections-doc.ts writes it)', async () => {
  expect(await readFile(join(packRoot, 'docs/detections.md'), 'utf8')).toBe(await currentDocument());
});
