import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cell, nameOf } from './cell.ts';
import { fairly, holds, leaves, runUnder } from './run-cell.ts';
import { openStage, type Stage } from './stage.ts';

/** A test for each cell of a file, on one stage. */
export const matrix = (cells: readonly Cell[]): void => {
  let stage: Stage;
  const usual = new Map<string, readonly string[]>();
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());
  /** What a run without any fault leaves behind. */
  const leftByAFairRun = async (cell: Cell): Promise<readonly string[]> => {
    const key = (cell.args ?? []).join(' ');
    const known = usual.get(key);
    if (known !== undefined) return known;
    await stage.anew();
    await runUnder(stage, fairly(cell));
    const found = await leaves(stage);
    usual.set(key, found);
    return found;
  };
  test.each(cells.map((cell) => [nameOf(cell), cell] as const))('%s', async (_, cell) => {
    const expected = await leftByAFairRun(cell);
    expect(await holds(stage, cell)).toEqual(expected);
  });
};
