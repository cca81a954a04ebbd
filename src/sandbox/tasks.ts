import type { SandboxClock } from './clock.ts';
import type { Store } from './store.ts';

/** Something that will have happened by `dueAt`, whether or not the sandbox is running then. */
export interface Task {
  readonly id: string;
  readonly kind: string;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  /** What it is about, in lower case: a resource id, a namespace. */
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type TaskHandler = (task: Task) => void | Promise<void>;

export interface Tasks {
  /** `afterMs` is a duration in Azure's time. */
  add(kind: string, afterMs: number, subject: string, data?: Readonly<Record<string, unknown>>): Task;
  handle(kind: string, handler: TaskHandler): void;
  cancel(matches: (task: Task) => boolean): void;
  /** Does everything that is due, in order of time. Awaited before each request, so that no answer is older than the clock. */
  settle(): Promise<void>;
  close(): void;
}

/** Durable timers. A handler may run twice where the sandbox was killed in it, so handlers must bear that. */
export const createTasks = (store: Store, clock: SandboxClock, onError: (error: unknown) => void): Tasks => {
  const pending = store.collection<Task>('task');
  const counter = store.collection<number>('task-counter');
  const handlers = new Map<string, TaskHandler>();
  let forget: (() => void) | undefined;
  let running: Promise<void> = Promise.resolve();
  const state = { closed: false };

  const next = (): Task | undefined =>
    [...pending.values()].sort((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1))[0];

  const arm = (): void => {
    forget?.();
    const task = state.closed ? undefined : next();
    // At least a millisecond: a clock that stands still must not be asked in a tight loop.
    if (task !== undefined)
      forget = clock.after(Math.max(1, task.dueAt - clock.now()) * clock.speed, () => void settle());
  };

  const run = async (): Promise<void> => {
    for (let task = next(); !state.closed && task !== undefined && task.dueAt <= clock.now(); task = next()) {
      try {
        await handlers.get(task.kind)?.(task);
      } catch (error) {
        onError(error);
      }
      if (!state.closed) pending.delete(task.id);
    }
    arm();
  };

  const settle = (): Promise<void> => {
    running = running.then(run);
    return running;
  };

  return {
    add(kind, afterMs, subject, data = {}) {
      const serial = (counter.get('last') ?? 0) + 1;
      counter.set('last', serial);
      const task = {
        id: String(serial).padStart(9, '0'),
        kind,
        dueAt: clock.now() + afterMs / clock.speed,
        subject: subject.toLowerCase(),
        data,
      };
      pending.set(task.id, task);
      arm();
      return task;
    },
    handle: (kind, handler) => void handlers.set(kind, handler),
    cancel(matches) {
      for (const task of pending.values()) if (matches(task)) pending.delete(task.id);
    },
    settle,
    close() {
      state.closed = true;
      forget?.();
    },
  };
};
