/** A suite that nobody here wrote the other half of, and that has to catch lies: a vitest configuration of the checkout. */
export type Judge = 'az' | 'cluster';

/** One thing that the sandbox would get wrong, as a patch of one place. */
export interface Lie {
  /** What is no longer true, in a few words. */
  readonly name: string;
  /** Below src/sandbox. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly caughtBy: {
    readonly judge: Judge;
    /** Test file. */
    readonly file: string;
    /** Only this test: a part of its name. */
    readonly test?: string;
    /** Of the differential test, only these scripts. */
    readonly scripts?: readonly string[];
    /** Stands in what the judge says: that it fell for this, and not for anything. */
    readonly says: RegExp;
  };
}
