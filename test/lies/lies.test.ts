import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { planeSkip, startPlane, type Plane } from '../cluster/plane/start-plane.ts';
import { nodes } from '../differential/sides.ts';
import { skipped } from '../support/skipped.ts';
import { caseOf, judged } from './judged.ts';
import type { Judge, Lie } from './lie.ts';
import { liesOfAzure } from './lies-of-azure.ts';
import { liesOfKubernetes } from './lies-of-kubernetes.ts';
import { copyOfCheckout, plant } from './planted.ts';

// Judges of the judges: a sandbox that lies has to be found out by those that nobody here wrote. Each lie is told in a copy of the
// checkout, one at a time, and the judge that is named for it has to fall for a reason that names it; without a lie it has to pass.

const folder = mkdtempSync(join(tmpdir(), 'aks-ebpf-sentinel-lies-'));
const lies: readonly Lie[] = [...liesOfAzure, ...liesOfKubernetes];
/** For whoever works on one lie: parts of names, with commas. */
const only = (process.env['LIES_ONLY'] ?? '').split(',');

const whyNot: Readonly<Record<Judge, string | undefined>> = {
  az: inject('azureCli') === undefined ? 'there is no az here' : undefined,
  cluster: planeSkip(),
};
if (whyNot.cluster !== undefined) skipped('go', whyNot.cluster);

let plane: Plane | undefined;
/** The checkout as it was at the start, whatever is written in it meanwhile. */
const truth = join(folder, 'truth');
/** A copy of its own for every run: several go on side by side. */
const copyOf = (name: string): string => {
  const place = join(folder, name);
  cpSync(truth, place, { recursive: true, verbatimSymlinks: true });
  return place;
};

const judges = ['az', 'cluster'] as const;
const told = lies.filter(
  ({ name, caughtBy: { judge } }) => only.some((part) => name.includes(part)) && whyNot[judge] === undefined,
);
const ofJudge = (name: Judge): readonly Lie[] => told.filter(({ caughtBy }) => caughtBy.judge === name);
/** One of az's, one of the other's: the first mostly sleeps, the second keeps a core busy. */
const mixed = ofJudge('az')
  .flatMap((lie, index) => [lie, ...ofJudge('cluster').slice(index, index + 1)])
  .concat(ofJudge('cluster').slice(ofJudge('az').length));

beforeAll(async () => {
  mkdirSync(truth);
  copyOfCheckout(truth);
  if (ofJudge('cluster').length > 0) plane = await startPlane({ dir: join(folder, 'plane'), form: 'plain', nodes });
});
afterAll(async () => {
  await plane?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.concurrent('judges that nobody here wrote', () => {
  test.for(judges.filter((name) => ofJudge(name).length > 0))('find nothing where nobody lies: %s', async (name) => {
    const all = ofJudge(name).map(caseOf);
    const files = [...new Set(all.flatMap((each) => each.files))];
    const scripts = [...new Set(all.flatMap((each) => each.scripts))];
    const verdict = await judged(copyOf(name), { judge: name, files, scripts }, plane?.kubeconfig);
    expect(verdict).toMatchObject({ passed: true, says: '' });
    expect(verdict.ran).toBeGreaterThanOrEqual(files.length);
  });

  test.for(mixed)('find out that $name', async (lie) => {
    const place = copyOf(`lie-${told.indexOf(lie)}`);
    plant(place, lie);
    const verdict = await judged(place, caseOf(lie), plane?.kubeconfig);
    expect(verdict.passed, `nobody noticed: ${lie.name}`).toBe(false);
    expect(verdict.says).toMatch(lie.caughtBy.says);
  });
});

test('there are lies of a dozen kinds', () => {
  expect(lies.length).toBeGreaterThanOrEqual(12);
});
