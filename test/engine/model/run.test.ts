import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { campaign } from './campaign.ts';
import { runsOf } from './runs.ts';
import { scenario } from './scenario.ts';

const minutes = 60_000;

test(
  'in any world, and whatever comes over the process, nothing is done twice, too soon or for nothing, and it ends',
  async () => {
    await expect(
      fc.assert(
        fc.asyncProperty(scenario, (world) => campaign(world)),
        { numRuns: runsOf(300) },
      ),
    ).resolves.toBeUndefined();
  },
  20 * minutes,
);
