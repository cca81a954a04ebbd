/** A fault as the sandbox is told of it. */
export interface Order {
  readonly name: string;
  readonly count?: number;
  readonly method?: string;
  readonly path?: string;
  readonly service?: 'arm' | 'kubernetes';
  readonly [parameter: string]: unknown;
}

/** What a run under a fault comes to; that it goes on to its end once the fault is gone is asked of every cell. */
export type Outcome =
  | { readonly kind: 'finishes' }
  | {
      readonly kind: 'stops';
      readonly exitCode: 1 | 2 | 3 | 4 | 8;
      /** Of the problem. */
      readonly code: string;
      /** Stands in the problem's message or hint. */
      readonly says: RegExp;
    };

export interface Cell {
  readonly fault: string;
  /** The step that meets it; `sign-in` and `preflight` come before the first. */
  readonly step: string;
  /** Which request, and how often. */
  readonly how: string;
  readonly orders: readonly Order[];
  /** Where the fault is not there from the start: it comes when this step is started. */
  readonly during?: string;
  readonly outcome: Outcome;
  readonly args?: readonly string[];
  /** Everything stands already when the fault comes, and the run changes it to what `args` say. */
  readonly standing?: boolean;
  /** How often the cluster may have been asked for in all: 1, but where the fault spoils the first one. */
  readonly clusterCreates?: number;
  /** Revisions that helm may have made of each release in all; 1 but where the fault spoils the first one. */
  readonly revisions?: number;
}

export const finishes: Outcome = { kind: 'finishes' };

export const stops = (exitCode: 1 | 2 | 3 | 4 | 8, code: string, says: RegExp): Outcome => ({
  kind: 'stops',
  exitCode,
  code,
  says,
});

export const nameOf = ({ fault, step, how, outcome }: Cell): string =>
  `${fault}, ${step}, ${how}: ${outcome.kind === 'finishes' ? 'finishes' : `stops with ${outcome.exitCode}, ${outcome.code}`}`;
