import { loadPack } from '../detections/load-pack.ts';
import type { Pack } from '../detections/pack.ts';
import { Problem } from '../errors/problem.ts';

/** The pack, where nothing is wrong with its files: half a pack must not reach a workspace. */
export const soundPack = async (assets: string): Promise<Pack> => {
  const pack = await loadPack(assets);
  const [first] = pack.problems;
  if (first === undefined) return pack;
  throw new Problem(
    `${pack.problems.length} problems in the detection pack, the first in ${first.file}: ${first.at} ${first.message}`,
    {
      kind: 'failed',
      code: 'pack-unsound',
      hint: 'Restore kql/ of this package.',
    },
  );
};
