import { durationText } from '../engine/duration.ts';
import type { RunEvent, StepMode, StepState } from '../engine/events.ts';
import { elapsedText, failedWhen } from './elapsed.ts';
import { looking, titleOf, type RunView } from './run-view.ts';

const modeWords: Readonly<Record<StepMode, string>> = {
  apply: 'started',
  reattach: 'continued, the operation of an earlier run still goes on',
  wait: 'waiting, somebody else has begun it',
};

const stateWords: Readonly<Record<StepState, string>> = {
  absent: 'not there',
  converging: 'under way',
  ready: 'ready',
  drifted: 'differs',
  failed: 'failed',
};

const sentence = (view: RunView, event: RunEvent): string | undefined => {
  switch (event.type) {
    case 'step.started': {
      const typical = view.steps.find(({ id }) => id === event.step)?.expected.p50Ms;
      const usually = typical === undefined || view.command === 'down' ? '' : `; takes about ${durationText(typical)}`;
      return `${titleOf(view, event.step)}: ${modeWords[event.mode]}${usually}`;
    }
    case 'step.done': {
      const how = event.changed ? `done in ${elapsedText(event.ms)}` : 'unchanged';
      return `${titleOf(view, event.step)}: ${how}`;
    }
    case 'step.failed':
      return `${titleOf(view, event.step)}: failed ${failedWhen(event.ms)}`;
    case 'step.skipped':
      return `${titleOf(view, event.step)}: skipped, ${event.because}`;
    case 'warning':
      return `Warning: ${event.message}`;
    case 'run.leaving':
      return event.message;
    case 'step.probed':
      return looking(view)
        ? `${titleOf(view, event.step)}: ${stateWords[event.state]}${event.detail === undefined ? '' : `, ${event.detail}`}`
        : undefined;
    case 'run.started':
    case 'run.ended':
    case 'step.progress':
    // Said in full before the question that it is about.
    case 'config.changed':
      return undefined;
    default:
      return event satisfies never;
  }
};

const clockTime = (iso: string): string => iso.slice(11, 19);

/** What a log reader needs of an event: changes of state, one line each, with the time (UTC). */
export const plainLine = (view: RunView, event: RunEvent): string | undefined => {
  const text = sentence(view, event);
  return text === undefined ? undefined : `${clockTime(event.time)} ${text}`;
};

/** One line that shows that the run is alive; undefined while nothing runs. `now` in milliseconds since the epoch. */
export const heartbeat = (view: RunView, now: number): string | undefined => {
  const running = view.steps.filter(({ phase }) => phase === 'running');
  if (running.length === 0) return undefined;
  const parts = running.map((step) => {
    const elapsed = durationText(Math.max(0, now - (step.startedAt ?? now)));
    const said = step.detail === undefined ? '' : `, ${step.detail}`;
    const typical = view.command !== 'init' ? '' : ` of about ${durationText(step.expected.p50Ms)}`;
    return `${step.title} (${elapsed}${typical}${said})`;
  });
  return `${clockTime(new Date(now).toISOString())} Still working: ${parts.join('; ')}`;
};
