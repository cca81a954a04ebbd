import { appendFileSync } from 'node:fs';
import { afterAll, beforeEach, expect, inject } from 'vitest';
import { judgeBodies, notedBodies, wordedJudgement } from './arm-bodies.ts';
import { schemaFolder, schemaKey } from './arm-schemas.ts';

// Runs around every test file: what the product sent in it is held against Microsoft's own schemas when it ends.

declare module 'vitest' {
  interface ProvidedContext {
    /** File that each test file adds a line to: what it judged. */
    judgedBodies: string;
  }
}

const started: { readonly at: number; readonly name: string }[] = [];

/** The test that ran then; in a file's own preparation there is none yet. */
const testAt = (at: number): string =>
  started.findLast((each) => each.at <= at)?.name ?? 'before the first test of the file';

if (schemaFolder !== undefined) {
  beforeEach(() => void started.push({ at: Date.now(), name: expect.getState().currentTestName ?? '' }));
  // Registered before any of the file's own, so it runs after them.
  afterAll(async () => {
    const bodies = notedBodies();
    if (bodies.length === 0) return;
    appendFileSync(inject('judgedBodies'), `${JSON.stringify(bodies.map((each) => schemaKey(each)))}\n`);
    const words = wordedJudgement(await judgeBodies(bodies), testAt);
    if (words.length > 0) throw new Error(`Microsoft's own schemas refuse what was sent:\n${words.join('\n')}`);
  });
}
