import { Problem } from '../../../src/errors/problem.ts';

/** How a resource is found at first, before anybody of ours has touched it. */
export type Start =
  'absent' | 'half made' | 'ready' | 'drifted' | 'stopped' | 'being made by another' | 'owned by another';

export interface Trait {
  readonly start: Start;
  /** How long an operation on it runs, a request takes, and what was accepted stays unseen; in milliseconds. */
  readonly takesMs: number;
  readonly answersMs: number;
  readonly unseenMs: number;
  /** So many looks, requests and questions about an operation meet bad weather first. */
  readonly badLooks: number;
  readonly badRequests: number;
  readonly badWatches: number;
  /** A conflict instead of a lost connection or throttling. */
  readonly conflicts: boolean;
  readonly retryAfterMs: number | undefined;
  /** So many requests are accepted, and the answer is lost. */
  readonly lostAnswers: number;
  /** So many operations fail. */
  readonly badEnds: number;
  /** So many times the sign-in has expired while an operation is waited for. */
  readonly expiries: number;
  /** So many waits for an operation hear nothing more, not even its end. */
  readonly deafWaits: number;
  /** The request is refused whenever it is sent. */
  readonly denied: boolean;
  /** The step ends its apply when the request was accepted, keeps no token, and leaves the rest to the looks. */
  readonly leavesAtOnce: boolean;
}

type State = 'absent' | 'failed' | 'ready' | 'drifted' | 'stopped' | 'foreign';
export type Seen = State | 'converging';

interface Operation {
  readonly token: string | undefined;
  readonly until: number;
  readonly seenFrom: number;
  readonly before: State;
  readonly ends: State;
}

/** One resource: what it is, whoever looks; and what Azure shows of it. */
export interface Resource {
  readonly trait: Trait;
  /** What it truly is. */
  readonly truth: () => Seen;
  readonly shown: () => Seen;
  /** Of the operation that runs on it. */
  readonly running: () => string | undefined;
  /** Accepts a write: the token of the operation that has begun. */
  readonly accept: () => string;
  /** What became of an operation. */
  readonly operation: (token: string) => 'running' | 'succeeded' | 'failed';
  /** Takes one of so many troubles; false where none is left. */
  readonly trouble: (
    kind: 'badLooks' | 'badRequests' | 'badWatches' | 'lostAnswers' | 'expiries' | 'deafWaits',
  ) => boolean;
}

const startOf: Readonly<Record<Start, State>> = {
  absent: 'absent',
  'half made': 'failed',
  ready: 'ready',
  drifted: 'drifted',
  stopped: 'stopped',
  'being made by another': 'absent',
  'owned by another': 'foreign',
};

export const resource = (id: string, trait: Trait, now: () => number): Resource => {
  const spent = { badLooks: 0, badRequests: 0, badWatches: 0, lostAnswers: 0, expiries: 0, deafWaits: 0, badEnds: 0 };
  const ended = new Map<string, 'succeeded' | 'failed'>();
  let state = startOf[trait.start];
  let operation: Operation | undefined;
  const begin = (token: string | undefined, unseenMs: number): void => {
    const fails = spent.badEnds < trait.badEnds;
    if (fails) spent.badEnds += 1;
    const ends = fails ? 'failed' : 'ready';
    operation = { token, until: now() + trait.takesMs, seenFrom: now() + unseenMs, before: state, ends };
  };
  if (trait.start === 'being made by another') begin(undefined, 0);

  const settle = (): void => {
    if (operation === undefined || now() < operation.until) return;
    state = operation.ends;
    if (operation.token !== undefined) ended.set(operation.token, operation.ends === 'ready' ? 'succeeded' : 'failed');
  };
  const truth = (): Seen => {
    settle();
    return operation !== undefined && now() < operation.until ? 'converging' : state;
  };
  return {
    trait,
    truth,
    shown: () => (operation !== undefined && now() < operation.seenFrom ? operation.before : truth()),
    running: () => (truth() === 'converging' ? operation?.token : undefined),
    accept() {
      settle();
      const token = `${id}-operation-${ended.size + 1}`;
      // The same body again changes nothing of what is as asked.
      if (state === 'ready') ended.set(token, 'succeeded');
      if (state === 'ready') return token;
      begin(token, trait.unseenMs);
      return token;
    },
    operation: (token) => {
      settle();
      return ended.get(token) ?? 'running';
    },
    trouble(kind) {
      if (spent[kind] >= trait[kind]) return false;
      spent[kind] += 1;
      return true;
    },
  };
};

export const weather = ({ conflicts, retryAfterMs }: Trait, code: string): Problem =>
  new Problem(`not now: ${code}`, { kind: conflicts ? 'conflict' : 'transient', code, retryAfterMs });

/** Whether no number of runs can make it ready, so that a run that says so is right. */
export const isHopeless = ({ start, denied, badEnds }: Trait, consents: boolean): boolean => {
  if (start === 'owned by another' || start === 'stopped') return true;
  if (start === 'ready') return false;
  if (start === 'drifted' && !consents) return true;
  return denied && (start !== 'being made by another' || badEnds > 0);
};
