/**
 * Everything a run tells the outside. One synchronous stream; renderers, the log file and other programs are reducers over it.
 * Additions keep `v`; a change of meaning raises it.
 */
export const eventVersion = 1;

export type StepState = 'absent' | 'converging' | 'ready' | 'drifted' | 'failed';

/** How a step that is not ready gets there: by our own apply, by waiting for an operation of ours, or for somebody else's. */
export type StepMode = 'apply' | 'reattach' | 'wait';

export interface ReportedProblem {
  readonly kind: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly link?: string;
  readonly correlationId?: string;
}

export interface PlannedStep {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly string[];
  readonly expected: { readonly p50Ms: number; readonly p90Ms: number };
}

export interface ChangedSetting {
  /** Dotted path in the config. */
  readonly setting: string;
  /** Null is unset. */
  readonly before: string | number | boolean | null;
  readonly after: string | number | boolean | null;
  /** `in-place`; `recreate`: fixed when the resource is made; `beside`: another name makes another one, and the former stays. */
  readonly effect: 'in-place' | 'recreate' | 'beside';
}

export type EventBody =
  | {
      readonly type: 'run.started';
      /** `init`, `down`; `status` where only the looking goes on. */
      readonly command: string;
      readonly tool: string;
      readonly steps: readonly PlannedStep[];
      /** Things the user should know before anything happens: the cloud, stand-in charts. */
      readonly notes: readonly string[];
    }
  /** The config is not the one that made what stands; nothing was changed yet. */
  | {
      readonly type: 'config.changed';
      /** Whether the settings of before are known; from another machine often only that it changed is. */
      readonly known: boolean;
      readonly settings: readonly ChangedSetting[];
    }
  | { readonly type: 'step.probed'; readonly step: string; readonly state: StepState; readonly detail?: string }
  | { readonly type: 'step.started'; readonly step: string; readonly mode: StepMode }
  | { readonly type: 'step.progress'; readonly step: string; readonly detail: string }
  | { readonly type: 'step.done'; readonly step: string; readonly ms: number; readonly changed: boolean }
  | { readonly type: 'step.failed'; readonly step: string; readonly ms: number; readonly problem: ReportedProblem }
  | { readonly type: 'step.skipped'; readonly step: string; readonly because: string }
  /** The run was told to end; what it waits for first is said by the message. */
  | { readonly type: 'run.leaving'; readonly because: string; readonly message: string }
  | { readonly type: 'warning'; readonly code: string; readonly message: string; readonly step?: string }
  | {
      readonly type: 'run.ended';
      readonly outcome: RunOutcome;
      readonly exitCode: number;
      readonly ms: number;
      /** Steps that are ready, of all steps of the run. */
      readonly ready: number;
      readonly total: number;
      /** Steps whose cloud operation goes on without us. */
      readonly detached: readonly string[];
      /** The one command to go on with, where there is something to go on with. */
      readonly next?: string;
      /** Where a run was left: what costs money from here on. */
      readonly billed?: readonly string[];
      /** The commands that watch what goes on, that abort it, and that remove everything. */
      readonly watch?: string;
      readonly cancel?: string;
      readonly remove?: string;
    };

export type RunOutcome = 'done' | 'failed' | 'detached' | 'interrupted';

export type RunEvent = { readonly v: typeof eventVersion; readonly seq: number; readonly time: string } & EventBody;

export type Emit = (event: EventBody) => void;

/** Numbers and stamps events and hands them to every listener, in order. */
export const eventStream = (listeners: readonly ((event: RunEvent) => void)[], now: () => Date): Emit => {
  let seq = 0;
  return (body) => {
    seq += 1;
    const event: RunEvent = { v: eventVersion, seq, time: now().toISOString(), ...body };
    for (const listener of listeners) listener(event);
  };
};
