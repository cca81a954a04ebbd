import { durationText } from '../engine/duration.ts';
import type { ChangedSetting, PlannedStep, ReportedProblem, StepState } from '../engine/events.ts';
import { configChangeLines } from './config-change.ts';
import type { Page } from './page.ts';
import { problemText } from './problem.ts';
import { paint, symbolsOf, type Tone } from './style.ts';
import { tableLines } from './table.ts';
import { wrap } from './wrap.ts';

/** `blocked`: what it needs is not there yet, so it cannot be looked at. `unknown`: looking at it failed. */
export type PlanState = StepState | 'blocked' | 'unknown';

export interface PlanStep extends PlannedStep {
  readonly state: PlanState;
  /** What differs from the config; empty unless drifted. */
  readonly diff: readonly string[];
  /** What the service says of it. */
  readonly detail?: string;
  readonly problem?: ReportedProblem;
}

/** What `plan -o json` prints. */
export interface PlanDocument {
  /** Where the config is not the one that made what stands. */
  readonly configChange?: { readonly known: boolean; readonly settings: readonly ChangedSetting[] };
  readonly steps: readonly PlanStep[];
}

const words: Readonly<Record<PlanState, readonly [words: string, tone: Tone]>> = {
  absent: ['will be made', 'accent'],
  converging: ['is on its way', 'accent'],
  ready: ['is there', 'good'],
  drifted: ['differs', 'warn'],
  failed: ['failed before', 'warn'],
  blocked: ['will be made', 'accent'],
  unknown: ['cannot be seen', 'bad'],
};

const usual = (step: PlanStep): string =>
  step.state === 'ready' ? '' : `${durationText(step.expected.p50Ms)} to ${durationText(step.expected.p90Ms)}`;

const remarks = (step: PlanStep, page: Page): readonly string[] => {
  const { dash } = symbolsOf(page);
  const lines = [...step.diff, ...(step.state === 'failed' && step.detail !== undefined ? [step.detail] : [])];
  const indent = (text: string): readonly string[] =>
    wrap(text, page.columns - 4).map((line, index) => `${index === 0 ? `  ${dash} ` : '    '}${line}`);
  return [
    ...(lines.length === 0 ? [] : ['', `${step.title}:`, ...lines.flatMap(indent)]),
    ...(step.problem === undefined ? [] : ['', problemText(step.problem, { title: step.title }, page)]),
  ];
};

const summary = ({ steps }: PlanDocument, page: Page): readonly string[] => {
  const count = (...states: readonly PlanState[]): number => steps.filter(({ state }) => states.includes(state)).length;
  const parts = [
    `${count('ready')} of ${steps.length} are there`,
    ...(count('absent', 'blocked') === 0 ? [] : [`${count('absent', 'blocked')} will be made`]),
    ...(count('converging') === 0 ? [] : [`${count('converging')} on their way`]),
    ...(count('drifted') === 0 ? [] : [`${count('drifted')} not as configured, and left alone without --fix-drift`]),
    ...(count('failed') === 0 ? [] : [`${count('failed')} failed before and will be tried again`]),
    ...(count('unknown') === 0 ? [] : [`${count('unknown')} cannot be seen`]),
  ];
  return wrap(`${parts.join(', ')}. Nothing was changed.`, page.columns);
};

const changeRemarks = ({ configChange }: PlanDocument, page: Page): readonly string[] =>
  configChange === undefined
    ? []
    : [
        '',
        ...configChangeLines(configChange).flatMap((line) => wrap(line, page.columns)),
        ...wrap('`init` asks before it goes on with it, or takes --accept-changes.', page.columns),
      ];

/** A line a step in run order, then what differs, then the sum. */
export const planText = (plan: PlanDocument, page: Page): string => {
  const columns = [
    { heading: 'step', shrinks: true as const },
    { heading: 'now' },
    { heading: 'usually takes' },
    { heading: 'after' },
  ];
  const rows = plan.steps.map((step) => {
    const [text, tone] = words[step.state];
    return [{ text: step.title }, { text, tone }, { text: usual(step) }, { text: step.needs.join(', ') }];
  });
  const narrow = page.columns < 100;
  const shown = narrow ? columns.slice(0, 3) : columns;
  return [
    ...tableLines(
      shown,
      rows.map((row) => row.slice(0, shown.length)),
      page,
    ),
    ...plan.steps.flatMap((step) => remarks(step, page)),
    ...changeRemarks(plan, page),
    '',
    ...summary(plan, page).map((line) => paint(page, 'strong', line)),
  ].join('\n');
};
