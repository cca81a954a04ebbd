import { durationText } from '../engine/duration.ts';
import { elapsedText } from './elapsed.ts';
import type { Page } from './page.ts';
import { looking, type Phase, type RunView, type StepView } from './run-view.ts';
import { fit, paint, symbolsOf, type Symbols, type Tone } from './style.ts';

const tones: Readonly<Record<Phase, Tone>> = {
  waiting: 'quiet',
  running: 'accent',
  done: 'good',
  unchanged: 'good',
  failed: 'bad',
  skipped: 'quiet',
  detached: 'warn',
};

const symbolOf = (phase: Phase, symbols: Symbols, frame: string): string => {
  switch (phase) {
    case 'waiting':
      return symbols.waiting;
    case 'running':
      return frame;
    case 'done':
    case 'unchanged':
      return symbols.done;
    case 'failed':
      return symbols.failed;
    case 'skipped':
      return symbols.skipped;
    case 'detached':
      return symbols.warning;
    default:
      return phase satisfies never;
  }
};

const runningWord = (step: StepView): string => {
  switch (step.mode) {
    case 'reattach':
      return 'continued';
    case 'wait':
      return 'waiting for it';
    case 'apply':
    case undefined:
      return 'working';
    default:
      return step.mode satisfies never;
  }
};

/** How long it takes to make a thing says nothing about how long it takes to remove it. */
const typicalOf = ({ expected }: StepView, command: string): string | undefined =>
  command === 'down' ? undefined : durationText(expected.p50Ms);

const seenWords: Readonly<Record<Phase, string>> = {
  waiting: 'not there yet',
  running: 'under way',
  unchanged: 'ready',
  done: 'ready',
  failed: 'not as asked',
  skipped: 'skipped',
  detached: 'goes on',
};

const stateOf = (step: StepView, now: number, narrow: boolean, command: string): string => {
  if (command === 'status') return seenWords[step.phase];
  switch (step.phase) {
    case 'running': {
      const elapsed = durationText(Math.max(0, now - (step.startedAt ?? now)));
      const typical = typicalOf(step, command);
      if (typical === undefined) return narrow ? elapsed : `${runningWord(step)}  ${elapsed}`;
      return narrow ? `${elapsed} of ~${typical}` : `${runningWord(step)}  ${elapsed} of about ${typical}`;
    }
    case 'done':
    case 'failed':
      return narrow ? step.phase : `${step.phase}  ${elapsedText(step.ms ?? 0)}`;
    case 'waiting':
    case 'unchanged':
    case 'skipped':
      return step.phase;
    case 'detached':
      return narrow ? 'goes on' : 'goes on in Azure';
    default:
      return step.phase satisfies never;
  }
};

/** Columns that states line up after: as wide as the longest title where the screen has them, so that a wide one cuts none. */
const titleRoom = ({ steps }: RunView): number => Math.max(44, ...steps.map(({ title }) => title.length));

const stepLines = (step: StepView, view: RunView, now: number, frame: string, page: Page): readonly string[] => {
  const narrow = page.columns < 64;
  const state = stateOf(step, now, narrow, view.command);
  const room = narrow ? page.columns - state.length - 5 : Math.min(titleRoom(view), page.columns - 42);
  const symbol = paint(page, tones[step.phase], symbolOf(step.phase, symbolsOf(page), frame));
  const title = fit(page, step.title, room).padEnd(room);
  const line = `${symbol} ${title}  ${paint(page, tones[step.phase], state)}`;
  const said = step.phase === 'running' || (looking(view) && step.phase === 'failed') ? step.detail : undefined;
  return said === undefined ? [line] : [line, paint(page, 'quiet', `    ${fit(page, said, page.columns - 5)}`)];
};

const counted = (count: number, words: string, symbol: string): string =>
  `${symbol} ${count} ${count === 1 ? 'step' : 'steps'} ${words}`;

const sumWord = (view: RunView): string => (view.command === 'down' ? 'removed' : 'ready');

/** Steps that need no eye on them shrink to a line each kind, so that the block never outgrows the screen. */
const folded = (view: RunView, now: number, frame: string, page: Page): readonly string[] => {
  const symbols = symbolsOf(page);
  const finished = view.steps.filter(({ phase }) => phase === 'done' || phase === 'unchanged').length;
  const waiting = view.steps.filter(({ phase }) => phase === 'waiting' || phase === 'skipped').length;
  const seen = view.steps.filter(({ phase }) => phase === 'running' || phase === 'failed' || phase === 'detached');
  return [
    ...(finished === 0 ? [] : [paint(page, 'good', counted(finished, looking(view) ? 'ready' : 'done', symbols.done))]),
    ...seen.flatMap((step) => stepLines(step, view, now, frame, page)),
    ...(waiting === 0 ? [] : [paint(page, 'quiet', counted(waiting, 'waiting', symbols.waiting))]),
  ];
};

/**
 * The block that a terminal repaints: a line a step, and below a running one what its service said last.
 * `now` in milliseconds since the epoch, `frame` the spinner's current picture, `rows` the height that it may take.
 */
export const stepsBlock = (view: RunView, now: number, frame: string, page: Page, rows: number): readonly string[] => {
  const lines = view.steps.flatMap((step) => stepLines(step, view, now, frame, page));
  const short = lines.length < rows ? lines : folded(view, now, frame, page);
  const ready = view.steps.filter(({ phase }) => phase === 'done' || phase === 'unchanged').length;
  const elapsed = durationText(view.ending?.ms ?? Math.max(0, now - view.startedAt));
  return [...short, paint(page, 'quiet', `  ${ready} of ${view.steps.length} ${sumWord(view)} after ${elapsed}`)];
};
