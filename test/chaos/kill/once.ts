import { createCoverage } from './coverage.ts';
import type { Finding } from './counts.ts';
import { live, type Variant } from './life.ts';
import type { Program } from './program.ts';
import { seeded } from './seeded.ts';
import { startCloud } from '../../e2e/cloud.ts';

export interface Once {
  /** Lives in which the program was killed once. */
  readonly points: number;
  /** Of these, those of which the witness found something. */
  readonly caught: number;
  readonly findings: readonly Finding[];
}

/**
 * One kill a life, at each request in each phase until none is left, at most `mostPoints`: how many of the points hurt. With none, one
 * life that is left alone.
 */
export const killOnce = async (options: {
  readonly program: Program;
  readonly variant: Variant;
  readonly seed: number;
  readonly spread: number;
  readonly mostPoints: number;
  readonly until?: number;
}): Promise<Once> => {
  const cloud = await startCloud({ speed: 5000 });
  const [coverage, random] = [createCoverage(), seeded(options.seed)];
  const findings: Finding[] = [];
  let [points, caught, barren] = [0, 0, 0];
  try {
    do {
      let killed = points >= options.mostPoints;
      const life = await live({
        ...options,
        cloud,
        coverage,
        random,
        onPoint: () => (killed = true),
        enough: () => killed,
      });
      points += life.kills;
      caught += life.kills > 0 && life.findings.length > 0 ? 1 : 0;
      barren = life.kills === 0 ? barren + 1 : 0;
      findings.push(...life.findings);
    } while (points < options.mostPoints && barren < 3 && Date.now() < (options.until ?? Infinity));
  } finally {
    await cloud.close();
  }
  return { points, caught, findings };
};
