import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/engine/clock.ts';
import { nodeDisk } from '../../src/engine/disk.ts';
import { eventStream, type RunEvent } from '../../src/engine/events.ts';
import { openJournal } from '../../src/engine/journal.ts';
import type { Pipeline } from '../../src/engine/pipeline.ts';
import { run, type RunResult } from '../../src/engine/run.ts';
import type { ApplyContext, Observed, Step } from '../../src/engine/step.ts';
import { fastClock } from './virtual-clock.ts';

export const scratch = (): string => mkdtempSync(join(tmpdir(), 'aks-ebpf-sentinel-test-'));

export interface ScriptedStep extends Step<object, object, string> {
  /** What was applied, with the token that it was given. */
  readonly applied: { readonly token: string | undefined }[];
}

/** A step whose probes answer one after the other; the last answer stays. */
export const scripted = (
  answers: readonly (Observed<string> | Error)[],
  apply: (context: ApplyContext<object>) => Promise<void> | void = () => {},
  spec: Partial<Pick<Step<object, object, string>, 'timeout' | 'attempts'>> & {
    readonly needs?: readonly string[];
  } = {},
): ScriptedStep => {
  const applied: { token: string | undefined }[] = [];
  let next = 0;
  return {
    title: 'A step',
    expected: { p50: '1s', p90: '2s' },
    timeout: '1h',
    ...spec,
    needs: (spec.needs ?? []) as never[],
    applied,
    async probe() {
      const answer = answers[Math.min(next, answers.length - 1)];
      next += 1;
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answers');
      return answer;
    },
    async apply(context) {
      applied.push({ token: context.token });
      await apply(context);
    },
  };
};

export const ready: Observed<string> = { state: 'ready', out: 'out' };
export const absent: Observed<string> = { state: 'absent' };
export const converging: Observed<string> = { state: 'converging', detail: 'under way' };

export interface Ran {
  readonly result: RunResult;
  readonly events: readonly RunEvent[];
}

export const runIn = async <Outputs extends object>(
  folder: string,
  steps: Pipeline<object, Outputs>,
  options: {
    readonly signal?: AbortSignal;
    readonly consent?: boolean | (() => Promise<boolean>);
    readonly onEvent?: (event: RunEvent) => void;
    readonly clock?: Clock;
  } = {},
): Promise<Ran> => {
  const clock = options.clock ?? fastClock();
  const events: RunEvent[] = [];
  const journal = openJournal(folder, nodeDisk, clock);
  const emit = eventStream(
    [(event) => void events.push(event), (event) => options.onEvent?.(event)],
    () => new Date(clock.now()),
  );
  try {
    const result = await run(steps, {
      services: {},
      journal,
      clock,
      pace: { pollMs: 1000, random: () => 0.5 },
      emit,
      signal: options.signal ?? new AbortController().signal,
      consent: async () => (typeof options.consent === 'function' ? options.consent() : options.consent === true),
    });
    return { result, events };
  } finally {
    journal.close();
  }
};
