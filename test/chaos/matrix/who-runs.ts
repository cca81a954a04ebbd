import type { RunEvent } from '../../../src/engine/events.ts';

export interface WhoRuns {
  see(event: RunEvent): void;
  /** Whether this step runs, and no other does or could start. */
  alone(step: string): boolean;
}

/** Who is at work in a run, told by its events alone: a step starts the moment that all it needs is done. */
export const whoRuns = (): WhoRuns => {
  let needs: ReadonlyMap<string, readonly string[]> = new Map();
  const done = new Set<string>();
  const over = new Set<string>();
  return {
    see(event) {
      if (event.type === 'run.started') needs = new Map(event.steps.map((step) => [step.id, step.needs]));
      if (event.type === 'step.done') done.add(event.step);
      if (event.type === 'step.done' || event.type === 'step.failed' || event.type === 'step.skipped')
        over.add(event.step);
    },
    alone(step) {
      const running = [...needs].filter(([id, wanted]) => !over.has(id) && wanted.every((need) => done.has(need)));
      return running.length === 1 && running[0]?.[0] === step;
    },
  };
};
