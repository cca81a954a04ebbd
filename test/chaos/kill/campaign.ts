import { setTimeout as sleep } from 'node:timers/promises';
import { signatures } from '../../../src/sandbox/control/kill-signature.ts';
import { type Cloud, startCloud } from '../../e2e/cloud.ts';
import type { Finding } from './counts.ts';
import { createCoverage, type Coverage } from './coverage.ts';
import { live, type Variant } from './life.ts';
import { type Command, type Program, startProgram } from './program.ts';
import { seeded } from './seeded.ts';
import { join } from 'node:path';
import { rmSync } from 'node:fs';

export const variants: readonly Variant[] = [
  { name: 'power loss, state kept', tree: true, forgets: false },
  { name: 'power loss, state deleted', tree: true, forgets: true },
  { name: 'program killed, state kept', tree: false, forgets: false },
  { name: 'program killed, state deleted', tree: false, forgets: true },
];

export interface SweepOptions {
  readonly program: Program;
  readonly variant: Variant;
  readonly seed: number;
  /** See LifeOptions; 1 where nothing is said. */
  readonly spread?: number;
  /** Lives at a time, each in a sandbox of its own. */
  readonly lanes: number;
  /** No more kills after so many. */
  readonly mostPoints: number;
  /** Milliseconds since the epoch after which no more kills happen. */
  readonly until?: number;
  readonly say: (line: string) => void;
  readonly now: () => number;
}

export interface Sweep {
  readonly points: number;
  readonly lives: number;
  readonly findings: readonly Finding[];
  /** Of the requests of runs that were left alone, in all phases: how many there are and which met no kill. */
  readonly expected: number;
  readonly missing: readonly string[];
}

/** As fast as the sandbox goes without getting ahead of its own clients. */
const speed = 5000;

/** Kills a program at every request of its runs, in every phase, life after life, until nothing is left to kill it at. */
export const sweep = async (options: SweepOptions): Promise<Sweep> => {
  const coverage = createCoverage();
  const findings: Finding[] = [];
  const started = options.now();
  let [points, lives, barren] = [0, 0, 0];
  const enough = (): boolean =>
    points >= options.mostPoints || options.now() >= (options.until ?? Infinity) || missing(coverage).length === 0;
  const clouds = await Promise.all(Array.from({ length: options.lanes }, () => startCloud({ speed })));
  try {
    const [first] = clouds;
    if (first !== undefined) await leftAlone(first, options.program, coverage);
    await Promise.all(
      clouds.map(async (cloud, lane) => {
        const random = seeded(options.seed + lane);
        // Lives that meet nothing new three times in a row have met all they can.
        while (!enough() && barren < 3) {
          const life = await live({
            ...options,
            spread: options.spread ?? 1,
            cloud,
            coverage,
            random,
            enough,
            onPoint: () => {
              points += 1;
              if (points % 50 === 0)
                options.say(
                  `${options.variant.name}: ${points} points, ${missing(coverage).length} to go, ${findings.length} findings, ${Math.round((options.now() - started) / 1000)} s`,
                );
            },
          });
          lives += 1;
          barren = life.kills === 0 ? barren + 1 : 0;
          findings.push(...life.findings);
          for (const { count, what } of life.findings) options.say(`${options.variant.name}: ${count}: ${what}`);
        }
      }),
    );
  } finally {
    for (const cloud of clouds) await cloud.close();
  }
  return {
    points,
    lives,
    findings,
    expected: coverage.expected('init') + coverage.expected('down'),
    missing: missing(coverage),
  };
};

const missing = (coverage: Coverage): readonly string[] => [...coverage.missing('init'), ...coverage.missing('down')];

/** Runs that nobody kills say which requests there are. */
const leftAlone = async (cloud: Cloud, program: Program, coverage: Coverage): Promise<void> => {
  const stateDir = join(cloud.folder, 'left-alone');
  let before = 0;
  for (const command of ['init', 'down'] satisfies readonly Command[]) {
    const started = startProgram(program, command, cloud, stateDir);
    started.go();
    const run = await started.ended;
    if (run.code !== 0)
      throw new Error(`${command} ended with ${run.code ?? run.signal ?? '?'}: ${run.stderr}${run.stdout.slice(-500)}`);
    await sleep(50);
    const requests = await cloud.requests();
    const signature = signatures();
    coverage.expect(command, requests.slice(before).map(signature));
    before = requests.length;
  }
  rmSync(stateDir, { recursive: true, force: true });
};
