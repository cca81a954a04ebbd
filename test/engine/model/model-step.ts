import type { Clock } from '../../../src/engine/clock.ts';
import type { Duration } from '../../../src/engine/duration.ts';
import type { ApplyContext, Observed, Step, StepContext } from '../../../src/engine/step.ts';
import { Problem } from '../../../src/errors/problem.ts';
import { type Resource, type Seen, weather } from './cloud.ts';
import type { Life } from './life.ts';

/** A process's dealings with the cloud, and who watches them. */
export interface Process {
  readonly life: Life;
  readonly clock: Clock;
  readonly resources: ReadonlyMap<string, Resource>;
  /** By step: what its probe said last, in this process. */
  readonly said: Map<string, Seen>;
  /** By step, over all processes: the token that is safe on disk. */
  readonly saved: Map<string, string>;
  readonly saw: (what: string) => void;
  readonly violated: (what: string) => void;
}

export interface StepSpec {
  readonly id: string;
  readonly needs: readonly string[];
  readonly timeout: Duration;
  readonly attempts: number | undefined;
}

type Outs = Readonly<Record<string, string>>;

/** What a step's output is, so that whoever gets another's is found out. */
export const outOf = (id: string): string => `output of ${id}`;

export const modelStep = (spec: StepSpec, process: Process): Step<object, Outs, string> => {
  const { id } = spec;
  const { life, clock, said, saved, saw, violated } = process;
  const own = process.resources.get(id);
  if (own === undefined) throw new Error(`no resource ${id}`);
  const { trait } = own;

  const needsHeld = (doing: string, out: Outs): void => {
    for (const need of spec.needs) {
      if (process.resources.get(need)?.truth() !== 'ready')
        violated(`${doing} ${id}, and its need ${need} is not ready`);
      if (out[need] !== outOf(need)) violated(`${doing} ${id} with ${String(out[need])} for its need ${need}`);
    }
  };
  /** A request takes its time, takes effect in the middle of it, and the process may be gone at any of its moments. */
  const request = async <T>(signal: AbortSignal, effect: () => T): Promise<T> => {
    await clock.sleep(trait.answersMs / 2, signal);
    const result = effect();
    await clock.sleep(trait.answersMs / 2, signal);
    return result;
  };

  const watch = async (token: string, { signal, progress }: StepContext<Outs>): Promise<void> => {
    for (;;) {
      if (own.trouble('deafWaits')) await clock.sleep(1e9, signal);
      const now = await request(signal, () => {
        if (own.trouble('badWatches')) throw weather(trait, 'BadWatch');
        if (own.trouble('expiries')) throw new Problem('signed out', { kind: 'sign-in', code: 'ExpiredToken' });
        return own.operation(token);
      });
      if (now === 'failed') throw new Problem('the operation failed', { kind: 'failed', code: 'OperationFailed' });
      if (now === 'succeeded') return;
      progress('Creating');
      await clock.sleep(5000, signal);
    }
  };

  const submit = (agreed: boolean): string => {
    const last = said.get(id);
    if (last === 'ready') violated(`applied ${id}, and its probe had said ready`);
    if (last === 'stopped' || last === 'foreign') violated(`wrote ${id}, which only a person may`);
    if (last === 'drifted' && !agreed) violated(`wrote over ${id}, and nobody had agreed`);
    if (own.truth() === 'converging' && last === 'converging') violated(`submitted ${id} again while it runs`);
    if (trait.denied) throw new Problem('no', { kind: 'permission', code: 'AuthorizationFailed' });
    if (own.trouble('badRequests')) throw weather(trait, 'BadRequest');
    if (own.truth() === 'converging') {
      saw('a conflict with what runs');
      throw new Problem('another operation is in progress', { kind: 'conflict', code: 'OperationNotAllowed' });
    }
    const token = own.accept();
    if (life.gone()) violated(`${id} was made by a process that is gone`);
    if (own.trouble('lostAnswers')) throw weather({ ...trait, conflicts: false }, 'ECONNRESET');
    return token;
  };

  return {
    title: `Make ${id}`,
    expected: { p50: '1s', p90: '2s' },
    timeout: spec.timeout,
    needs: [...spec.needs],
    ...(spec.attempts === undefined ? {} : { attempts: spec.attempts }),

    async probe({ signal, out }: StepContext<Outs>): Promise<Observed<string>> {
      needsHeld('looked at', out);
      const seen = await request(signal, () => {
        if (own.trouble('badLooks')) throw weather(trait, 'BadLook');
        return own.shown();
      });
      said.set(id, seen);
      return observed(id, seen);
    },

    async apply(context: ApplyContext<Outs>): Promise<void> {
      needsHeld('applied', context.out);
      const { signal, token, save, seen } = context;
      if (token !== undefined) {
        saw('a re-attachment');
        return watch(token, context);
      }
      const accepted = await request(signal, () => submit(seen.state === 'drifted'));
      if (trait.leavesAtOnce) return;
      save(accepted);
      saved.set(id, accepted);
      await watch(accepted, context);
    },
  };
};

const observed = (id: string, seen: Seen): Observed<string> => {
  switch (seen) {
    case 'absent':
      return { state: 'absent' };
    case 'converging':
      return { state: 'converging', detail: 'Creating' };
    case 'ready':
      return { state: 'ready', out: outOf(id) };
    case 'drifted':
      return { state: 'drifted', diff: ['3 nodes'] };
    case 'failed':
      return { state: 'failed', reason: 'it is Failed', recover: 'retry' };
    case 'stopped':
      return { state: 'failed', reason: 'it is stopped', recover: 'manual' };
    case 'foreign':
      throw new Problem('it is owned by another', { kind: 'failed', code: 'owned' });
    default:
      return seen satisfies never;
  }
};
