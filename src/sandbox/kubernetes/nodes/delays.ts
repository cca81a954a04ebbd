import type { SandboxClock } from '../../clock.ts';

/** Durations that something takes, asked for again at every pass: the first question starts the clock, the end of it asks for a pass. */
export interface Delays {
  /** Whether `realMs` of Azure's time have passed since this stage of this owner was first asked for. */
  passed(owner: string, stage: string, realMs: number): boolean;
  /** Starts a stage from anew, or all of the owner's. */
  forget(owner: string, stage?: string): void;
  close(): void;
}

interface Stage {
  done: boolean;
  readonly cancel: () => void;
}

export const createDelays = (clock: SandboxClock, wake: () => void): Delays => {
  const owners = new Map<string, Map<string, Stage>>();

  const start = (stages: Map<string, Stage>, stage: string, realMs: number): void => {
    const entry: Stage = {
      done: false,
      cancel: clock.after(realMs, () => {
        entry.done = true;
        wake();
      }),
    };
    stages.set(stage, entry);
  };

  const forget = (owner: string, stage?: string): void => {
    const stages = owners.get(owner);
    if (stages === undefined) return;
    for (const [name, entry] of stages) {
      if (stage !== undefined && name !== stage) continue;
      entry.cancel();
      stages.delete(name);
    }
    if (stages.size === 0) owners.delete(owner);
  };

  return {
    passed(owner, stage, realMs) {
      const stages = owners.get(owner) ?? new Map<string, Stage>();
      owners.set(owner, stages);
      const known = stages.get(stage);
      if (known === undefined) start(stages, stage, realMs);
      return known?.done ?? false;
    },
    forget,
    close() {
      for (const owner of owners.keys()) forget(owner);
    },
  };
};
