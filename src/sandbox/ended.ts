import type { SandboxClock } from './clock.ts';

/** Settled when one of the signals fires or nobody has asked anything for `idleMs`. */
export const ended = (
  signals: readonly AbortSignal[],
  lastAt: () => number,
  clock: SandboxClock,
  idleMs: number,
): Promise<void> =>
  new Promise((resolve) => {
    const timer = setInterval(
      () => {
        if (idleMs > 0 && clock.now() - lastAt() > idleMs) done();
      },
      Math.min(60_000, Math.max(100, idleMs)),
    );
    const done = (): void => {
      clearInterval(timer);
      resolve();
    };
    for (const signal of signals) {
      if (signal.aborted) done();
      else signal.addEventListener('abort', done, { once: true });
    }
  });
