import type { EventBody } from '../../../src/engine/events.ts';
import type { RunResult } from '../../../src/engine/run.ts';

/** Reads what a run tells, and compares it with what is so. */
export interface Witness {
  readonly hears: (event: EventBody) => void;
  /** The run has returned: nothing may come any more, and everything has to fit. */
  readonly ends: (result: RunResult) => void;
  readonly endOf: (step: string) => EventBody | undefined;
}

export interface Facts {
  readonly ids: readonly string[];
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** What a step that is said to be done has to be. */
  readonly isDone: (step: string) => boolean;
  readonly aborted: () => boolean;
  readonly violated: (what: string) => void;
}

type Ending = Extract<EventBody, { type: 'step.done' | 'step.failed' | 'step.skipped' }>;

export const witness = ({ ids, needs, isDone, aborted, violated }: Facts): Witness => {
  const ends = new Map<string, Ending>();
  const touched = new Set<string>();
  const probed = new Set<string>();
  let over = false;

  const ending = (event: Ending): void => {
    if (ends.has(event.step))
      violated(`${event.step} ended twice: ${String(ends.get(event.step)?.type)}, ${event.type}`);
    ends.set(event.step, event);
    if (event.type === 'step.skipped') return;
    if (!(event.ms >= 0 && Number.isInteger(event.ms))) violated(`${event.step} took ${event.ms} ms`);
    if (event.type === 'step.done' && !isDone(event.step)) violated(`${event.step} was shown as done and is not`);
  };

  return {
    endOf: (step) => ends.get(step),
    hears(event) {
      if (over) violated(`${event.type} after the end of the run`);
      if (!('step' in event) || event.step === undefined) return;
      if (!ids.includes(event.step)) violated(`${event.type} of a step that there is not`);
      switch (event.type) {
        case 'step.done':
        case 'step.failed':
        case 'step.skipped':
          ending(event);
          return;
        case 'step.probed':
          if (probed.has(event.step)) violated(`${event.step} was probed twice`);
          probed.add(event.step);
          break;
        case 'step.started':
        case 'step.progress':
        case 'warning':
          break;
        default:
          event satisfies never;
      }
      touched.add(event.step);
      if (ends.has(event.step)) violated(`${event.type} of ${event.step} after its end`);
    },
    ends({ outputs, failures, detached, interrupted, total }) {
      over = true;
      if (total !== ids.length) violated(`${total} steps of ${ids.length}`);
      if (interrupted !== aborted()) violated('it was interrupted, and does not say so');
      for (const id of ids) {
        const end = ends.get(id);
        if (end === undefined) violated(`${id} came to no end`);
        if ((end?.type === 'step.done') !== outputs.has(id))
          violated(`${id} is done in one place and not in the other`);
        if ((end?.type === 'step.failed') !== failures.some(({ step }) => step === id))
          violated(`${id} failed in one place and not in the other`);
        if (detached.includes(id) && end?.type !== 'step.skipped') violated(`${id} ended and goes on`);
        if (end?.type !== 'step.skipped' && (needs.get(id) ?? []).some((need) => ends.get(need)?.type !== 'step.done'))
          violated(`${id} was begun before its needs were done`);
        if (end?.type === 'step.skipped' && !aborted() && touched.has(id)) violated(`${id} was begun and then skipped`);
        if (end?.type === 'step.skipped' && !aborted() && failures.length === 0)
          violated(`${id} was skipped for nothing`);
      }
    },
  };
};
