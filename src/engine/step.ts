import type { Duration } from './duration.ts';

/**
 * What a probe can see. The same answer serves init, plan, status, drift and down, so it must be honest:
 * `ready` only for what was observed, `converging` for everything that is on its way, whoever started it.
 */
export type Observed<Out> =
  | { readonly state: 'absent'; readonly detail?: string }
  | { readonly state: 'converging'; readonly detail: string }
  | { readonly state: 'ready'; readonly out: Out }
  /** There, but not as we would make it. `out` where later steps can work with it all the same. */
  | { readonly state: 'drifted'; readonly diff: readonly string[] }
  /** `retry`: the same apply again is the cure; `manual`: only a person can help, and the reason says how. */
  | { readonly state: 'failed'; readonly reason: string; readonly recover: 'retry' | 'manual' };

export interface StepContext<Needed> {
  /** Outputs of the steps that `needs` names, and of no others. */
  readonly out: Needed;
  /** Aborts on Ctrl-C and when the step's time is over: hand it to every wait. */
  readonly signal: AbortSignal;
  /** What is being waited for right now, in the words of the service. */
  readonly progress: (detail: string) => void;
  readonly warn: (code: string, message: string) => void;
}

export interface ApplyContext<Needed> extends StepContext<Needed> {
  /** What the probe saw last; `drifted` only where the user agreed that it is put right. */
  readonly seen: Observed<unknown>;
  /** Token of a running operation that an earlier run of ours submitted. */
  readonly token: string | undefined;
  /** Durable when it returns: call it the moment the service has accepted the operation, before any wait. */
  readonly save: (token: string) => void;
}

/** Something that `down` would take away, or keep and say why. */
export interface Removal {
  /** For example `AKS cluster aks-lab`. */
  readonly what: string;
  readonly kept?: string;
  /** Returns when the service has accepted. */
  remove(signal: AbortSignal): Promise<void>;
  /** Asked until it is true: an accepted deletion is not a deletion. */
  gone(signal: AbortSignal): Promise<boolean>;
}

export interface Step<Services, Needed extends object, Out> {
  /** Plain words, imperative: `Create the AKS cluster`. */
  readonly title: string;
  readonly needs: readonly (keyof Needed & string)[];
  readonly expected: { readonly p50: Duration; readonly p90: Duration };
  readonly timeout: Duration;
  /** How often the same apply is tried again where that is the cure; 3 by default. Conflicts and throttling do not count. */
  readonly attempts?: number;
  /** Looks and changes nothing. A thrown Problem stops the step without an apply. */
  probe(context: Services & StepContext<Needed>): Promise<Observed<Out>>;
  apply(context: Services & ApplyContext<Needed>): Promise<void>;
  /** Undefined where there is nothing. Works from names alone: any of what the step needs may be gone already. */
  removal?(context: Services & StepContext<Partial<Needed>>): Promise<Removal | undefined>;
}
