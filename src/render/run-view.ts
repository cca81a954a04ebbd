import type {
  EventBody,
  PlannedStep,
  ReportedProblem,
  RunEvent,
  RunOutcome,
  StepMode,
  StepState,
} from '../engine/events.ts';

export type Phase = 'waiting' | 'running' | 'done' | 'unchanged' | 'failed' | 'skipped' | 'detached';

export interface StepView extends PlannedStep {
  readonly phase: Phase;
  readonly mode?: StepMode;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  readonly ms?: number;
  /** What the service said last. */
  readonly detail?: string | undefined;
  readonly problem?: ReportedProblem;
}

export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly step?: string;
}

export interface Ending {
  readonly outcome: RunOutcome;
  readonly exitCode: number;
  readonly ms: number;
  readonly ready: number;
  readonly total: number;
  readonly detached: readonly string[];
  readonly next?: string;
  readonly billed?: readonly string[];
  readonly watch?: string;
  readonly cancel?: string;
  readonly remove?: string;
}

/** A run as a picture of it needs it: everything that the events so far have said, and nothing else. */
export interface RunView {
  readonly command: string;
  readonly startedAt: number;
  readonly notes: readonly string[];
  readonly steps: readonly StepView[];
  readonly warnings: readonly Warning[];
  readonly ending?: Ending;
}

export const emptyRun: RunView = { command: '', startedAt: 0, notes: [], steps: [], warnings: [] };

/** Nothing is worked on here: what others do is looked at, so that a probe is all that a step's state comes from. */
export const looking = ({ command }: RunView): boolean => command === 'status';

const phaseSeen: Readonly<Record<StepState, Phase>> = {
  absent: 'waiting',
  converging: 'running',
  ready: 'unchanged',
  drifted: 'failed',
  failed: 'failed',
};

const change = (view: RunView, id: string, patch: Partial<StepView>): RunView => ({
  ...view,
  steps: view.steps.map((step) => (step.id === id ? { ...step, ...patch } : step)),
});

export const reduceRun = (view: RunView, event: RunEvent): RunView => {
  const at = Date.parse(event.time);
  switch (event.type) {
    case 'run.started':
      return {
        command: event.command,
        startedAt: at,
        notes: event.notes,
        steps: event.steps.map((step) => ({ ...step, phase: 'waiting' as const })),
        warnings: [],
      };
    case 'step.probed':
      return looking(view)
        ? change(view, event.step, { phase: phaseSeen[event.state], startedAt: at, detail: event.detail })
        : event.detail === undefined
          ? view
          : change(view, event.step, { detail: event.detail });
    case 'step.started':
      return change(view, event.step, { phase: 'running', mode: event.mode, startedAt: at });
    case 'step.progress':
      return change(view, event.step, { detail: event.detail });
    case 'step.done':
      return change(view, event.step, { phase: event.changed ? 'done' : 'unchanged', ms: event.ms });
    case 'step.failed':
      return change(view, event.step, { phase: 'failed', ms: event.ms, problem: event.problem });
    case 'step.skipped':
      return change(view, event.step, { phase: 'skipped', detail: event.because });
    case 'run.leaving':
    case 'config.changed':
      return view;
    case 'warning':
      return { ...view, warnings: [...view.warnings, warningOf(event)] };
    case 'run.ended':
      return {
        ...view,
        steps: view.steps.map((step) => (event.detached.includes(step.id) ? { ...step, phase: 'detached' } : step)),
        ending: event,
      };
    default:
      return event satisfies never;
  }
};

const warningOf = ({ code, message, step }: Extract<EventBody, { type: 'warning' }>): Warning => ({
  code,
  message,
  ...(step !== undefined && { step }),
});

export const titleOf = (view: RunView, id: string): string => view.steps.find((step) => step.id === id)?.title ?? id;
