import { campaignLine, type Finding } from '../kill/counts.ts';
import { type Race, races } from './race.ts';

const fields: readonly Race[] = [2, 3, 5].flatMap((runners) => [
  { runners, shared: false },
  { runners, shared: true },
]);

/** The long form: every field so many times, each round with a seed of its own. Returns the campaign's line and what was found. */
export const runRaces = async (
  { seed, rounds }: { readonly seed: number; readonly rounds: number },
  say: (line: string) => void,
): Promise<{ readonly line: string; readonly findings: readonly Finding[] }> => {
  const findings: Finding[] = [];
  let killed = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const raced of await races(fields, { seed: seed + round, say })) {
      killed += raced.killed;
      findings.push(...raced.findings);
    }
  }
  return { line: campaignLine('race', killed, findings, seed), findings };
};
