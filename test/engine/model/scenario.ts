import * as fc from 'fast-check';
import type { Duration } from '../../../src/engine/duration.ts';
import type { Start, Trait } from './cloud.ts';

export interface LifeSpec {
  /** The moment at which the process is gone, and at which it is told to end; it may come to neither. */
  readonly diesAt: number | undefined;
  readonly stoppedAt: number | undefined;
  /** Strange clocks: at which moment, and by how many milliseconds. */
  readonly jumpsAt: number | undefined;
  readonly jumpMs: number;
  readonly dozesAt: number | undefined;
  readonly dozeMs: number;
  /** Before it: what was not synced is lost; the journal is lost altogether, or it is another machine. */
  readonly powerCut: boolean;
  readonly journalLost: boolean;
  /** How long nobody runs before it. */
  readonly afterMs: number;
}

export interface ModelStep {
  readonly trait: Trait;
  readonly timeout: Duration;
  readonly attempts: number | undefined;
  readonly consents: boolean;
  /** Of the steps before it, by their distance. */
  readonly needs: readonly number[];
}

export interface Scenario {
  readonly steps: readonly ModelStep[];
  readonly lives: readonly LifeSpec[];
  readonly random: number;
}

const starts: readonly Start[] = [
  'absent',
  'half made',
  'ready',
  'drifted',
  'stopped',
  'being made by another',
  'owned by another',
];

/** Mostly none: troubles that come all at once hide each other. */
const few = (most: number): fc.Arbitrary<number> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: most }) });
const seldom = fc.nat({ max: 19 }).map((n) => n === 19);

const trait: fc.Arbitrary<Trait> = fc.record({
  start: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom<Start>('absent') },
    { weight: 8, arbitrary: fc.constantFrom(...starts.slice(1, 4), 'being made by another' as const) },
    { weight: 1, arbitrary: fc.constantFrom(...starts) },
  ),
  takesMs: fc.constantFrom(1, 3000, 60_000, 600_000, 1_800_000),
  answersMs: fc.constantFrom(2, 200, 4000),
  unseenMs: fc.constantFrom(0, 0, 0, 1000, 20_000, 120_000),
  badLooks: few(6),
  badRequests: few(4),
  badWatches: few(3),
  conflicts: fc.boolean(),
  retryAfterMs: fc.constantFrom(
    undefined,
    undefined,
    0,
    -1000,
    Number.NaN,
    1000,
    60_000,
    36_000_000,
    Number.POSITIVE_INFINITY,
  ),
  lostAnswers: few(2),
  badEnds: few(3),
  expiries: few(1),
  deafWaits: few(1),
  denied: seldom,
  leavesAtOnce: fc.boolean(),
});

const step: fc.Arbitrary<ModelStep> = fc.record({
  trait,
  timeout: fc.constantFrom<Duration>('1m', '10m', '40m', '2h'),
  attempts: fc.constantFrom(undefined, undefined, 1, 5),
  consents: fc.nat({ max: 3 }).map((n) => n > 0),
  needs: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
});

const sometimes = (most: number): fc.Arbitrary<number | undefined> =>
  fc.option(fc.integer({ min: 1, max: most }), { nil: undefined });

const life: fc.Arbitrary<LifeSpec> = fc.record({
  diesAt: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined, freq: 4 }),
  stoppedAt: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined, freq: 1 }),
  jumpsAt: sometimes(100),
  jumpMs: fc.constantFrom(-36_000_000, -1000, 36_000_000),
  dozesAt: sometimes(100),
  dozeMs: fc.constantFrom(3_600_000, 40_000),
  powerCut: fc.boolean(),
  journalLost: fc.nat({ max: 3 }).map((n) => n === 0),
  afterMs: fc.constantFrom(0, 10_000, 3_600_000),
});

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 7 }),
  lives: fc.array(life, { maxLength: 4 }),
  random: fc.constantFrom(0, 0.5, 0.999),
});

/** A life without troubles of its own. */
export const quietLife: LifeSpec = {
  diesAt: undefined,
  stoppedAt: undefined,
  jumpsAt: undefined,
  jumpMs: 0,
  dozesAt: undefined,
  dozeMs: 0,
  powerCut: false,
  journalLost: false,
  afterMs: 3_600_000,
};
