import type { EventBody } from '../../engine/events.ts';
import { Problem } from '../../errors/problem.ts';
import { endRunningHelms } from '../../helm/run.ts';
import { sweepAtOnce } from '../../helm/kubeconfig.ts';
import type { Context } from '../context.ts';

type Answer = 'leave' | 'cancel' | 'watch';

export interface LeavingWords {
  /** After "You pressed Ctrl-C": what goes on by itself, and what does not. `running` are ids of steps. */
  goesOn(running: ReadonlySet<string>): string;
  /** Whether AKS is at work on something that can be aborted. */
  canCancel(running: ReadonlySet<string>): boolean;
  readonly leave: string;
  readonly watch: string;
}

/** Between the first Ctrl-C and the end of a run. */
export interface Leaving {
  /** Aborts when the run is to end, whoever said so. */
  readonly signal: AbortSignal;
  /** Passes an event on, and learns from it where the run is. */
  readonly emit: (event: EventBody) => void;
  /** Steps that were worked on when the run was told to end. */
  stoppedAt(): ReadonlySet<string>;
  /** The person wants what AKS does aborted, too. */
  wantsCancel(): boolean;
  /** Ends the run for a reason of its own. */
  leave(reason: unknown): void;
  /** Takes back a question that still stands: what it is about is over. */
  settled(): Promise<void>;
  /** Gives Ctrl-C back. */
  close(): void;
}

const helmSteps = new Set(['cilium', 'tetragon']);

/** A Ctrl-C asks where somebody can be asked, and leaves otherwise; SIGTERM never asks. The message comes before anything is waited for. */
export const openLeaving = (context: Context, words: LeavingWords): Leaving => {
  const { io, emit } = context;
  const left = new AbortController();
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, left.signal]);
  const running = new Set<string>();
  let stoppedAt: ReadonlySet<string> = running;
  let cancel = false;
  let asking: Promise<void> | undefined;

  const onLeaving = (because: string): void => {
    stoppedAt = new Set(running);
    const helm = [...running].some((id) => helmSteps.has(id));
    const first = helm ? 'helm gets a few seconds to write down how far it came' : 'what is done is kept';
    emit({ type: 'run.leaving', because, message: `${reasons[because] ?? because}: this run ends; ${first}.` });
  };
  const onAbort = (): void =>
    onLeaving(context.signal.reason instanceof Error ? context.signal.reason.message : 'abort');
  const leave = (reason: unknown, because: string): void => {
    if (signal.aborted) return;
    onLeaving(because);
    left.abort(reason);
  };

  const question = async (): Promise<void> => {
    const choices: { value: Answer; name: string }[] = [
      { value: 'leave', name: words.leave },
      ...(words.canCancel(running) ? [{ value: 'cancel' as const, name: 'Cancel: abort the AKS operation' }] : []),
      { value: 'watch', name: words.watch },
    ];
    try {
      const preface = `\nYou pressed Ctrl-C. ${words.goesOn(running)} Ctrl-C again ends this process at once.`;
      const answer = await context.choose('What now?', choices, { preface, over: over.signal });
      if (answer === 'watch') return;
      cancel = answer === 'cancel';
      leave(new Error(answer), answer);
    } catch (error) {
      if (signal.aborted || over.signal.aborted) return;
      // Ctrl-C at the question is the second one.
      if (error instanceof Problem && error.kind === 'interrupted') io.interrupts?.out();
      leave(error, 'SIGINT');
    }
  };
  const ask = (): boolean => {
    if (asking !== undefined || signal.aborted || over.signal.aborted) return false;
    asking = question().finally(() => (asking = undefined));
    return true;
  };

  context.signal.addEventListener('abort', onAbort, { once: true });
  const release = context.interactive ? io.interrupts?.claim(ask) : undefined;
  // Whoever ends without waiting, or is told to by a second Ctrl-C, leaves no helm and no credential behind.
  const forget = io.atExit?.(() => {
    endRunningHelms();
    sweepAtOnce(context.stateDir);
  });
  if (context.signal.aborted) onAbort();

  return {
    signal,
    emit: (event) => {
      if (event.type === 'step.started') running.add(event.step);
      if (event.type === 'step.done' || event.type === 'step.failed' || event.type === 'step.skipped')
        running.delete(event.step);
      emit(event);
    },
    stoppedAt: () => stoppedAt,
    wantsCancel: () => cancel,
    leave: (reason) => leave(reason, 'SIGINT'),
    async settled() {
      if (asking === undefined) return;
      if (!signal.aborted) over.abort(new Error('the run has ended'));
      await asking;
    },
    close() {
      context.signal.removeEventListener('abort', onAbort);
      release?.();
      forget?.();
    },
  };
};

const reasons: Readonly<Record<string, string>> = {
  SIGINT: 'Interrupted by Ctrl-C',
  SIGTERM: 'Told to end by SIGTERM',
  leave: 'Left as it is',
  cancel: 'Cancelling',
};
