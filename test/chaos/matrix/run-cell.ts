import { expect } from 'vitest';
import type { RunEvent } from '../../../src/engine/events.ts';
import type { LoggedRequest } from '../../support/sandbox-control.ts';
import { type Cell, finishes } from './cell.ts';
import { whoRuns } from './who-runs.ts';
import type { Ran, Stage } from './stage.ts';

/** Milliseconds of ours: a run that has not ended by then hangs, whatever the fault. */
const watchdogMs = 90_000;
/** So long has nothing been told, and only the step with the fault is left: a person would come back the next morning. */
const quietMs = 700;

/** The run of a cell, with time made to pass where nothing but patience is left, and a watchdog over it. */
export const runUnder = async (stage: Stage, cell: Omit<Cell, 'fault' | 'how'>): Promise<Ran> => {
  const who = whoRuns();
  const order = async (): Promise<void> => {
    for (const one of cell.orders) await stage.fault(one);
  };
  let ordered: Promise<void> | undefined = cell.during === undefined ? order() : undefined;
  await ordered;
  const stop = new AbortController();
  const tail: string[] = [];
  let toldAt = performance.now();
  const onEvent = (event: RunEvent): void => {
    tail.push(JSON.stringify(event).slice(0, 300));
    toldAt = performance.now();
    who.see(event);
    if (event.type === 'step.started' && event.step === cell.during) ordered ??= order();
  };
  const patience = cell.outcome.kind === 'stops' && cell.outcome.code === 'step-timeout';
  const started = performance.now();
  let hung = false;
  const timer = setInterval(() => {
    if (performance.now() - started > watchdogMs) {
      hung = true;
      stop.abort(new Error('the watchdog'));
    } else if (patience && performance.now() - toldAt > quietMs && who.alone(cell.step)) {
      toldAt = performance.now();
      stage.time.pass();
    }
  }, 50);
  try {
    const ran = await stage.init({
      onEvent,
      signal: stop.signal,
      ...(cell.args === undefined ? {} : { args: cell.args }),
    });
    await ordered;
    if (hung) throw new Error(`it hung; the last that it told:\n${tail.slice(-8).join('\n')}`);
    return ran;
  } finally {
    clearInterval(timer);
  }
};

/** The same run without its fault. */
export const fairly = ({ args }: Pick<Cell, 'args'>): Parameters<typeof runUnder>[1] => ({
  step: 'none',
  orders: [],
  outcome: finishes,
  ...(args === undefined ? {} : { args }),
});

const problemsOf = ({ events }: Ran) =>
  events.flatMap((event) => {
    if (event.type === 'step.failed') return [{ step: event.step, ...event.problem }];
    return [];
  });

const endOf = ({ events }: Ran): Extract<RunEvent, { type: 'run.ended' }> | undefined =>
  events.findLast((event): event is Extract<RunEvent, { type: 'run.ended' }> => event.type === 'run.ended');

/** Fit for a person, whatever happened: no stack, and never the word of a bug. */
const isClean = (ran: Ran): void => {
  expect(ran.stderr).not.toMatch(/^\s+at .+:\d+:\d+/mu);
  expect(ran.stderr).not.toMatch(/This is a bug/u);
  expect(ran.exitCode).not.toBe(255);
};

const finished = (ran: Ran): void => {
  isClean(ran);
  expect(problemsOf(ran)).toEqual([]);
  expect(ran.stderr).toBe('');
  const end = endOf(ran);
  expect(end).toMatchObject({ outcome: 'done', exitCode: 0 });
  expect(end?.ready).toBe(end?.total);
  expect(ran.exitCode).toBe(0);
};

const before = ['sign-in', 'preflight', 'own machine'];

const stopped = (ran: Ran, { step, outcome }: Cell): void => {
  if (outcome.kind !== 'stops') return;
  isClean(ran);
  const seen = problemsOf(ran).find((problem) => problem.step === step);
  if (before.includes(step)) {
    expect(problemsOf(ran)).toEqual([]);
    expect(ran.stderr.replaceAll(/\s+/gu, ' ')).toMatch(outcome.says);
    expect(ran.stderr).toContain(`code ${outcome.code}`);
  } else {
    expect(problemsOf(ran).map((problem) => problem.step)).toEqual([step]);
    expect(`${seen?.message ?? ''} ${seen?.hint ?? ''}`).toMatch(outcome.says);
    expect(seen?.code).toBe(outcome.code);
    // The one command to go on with.
    expect(endOf(ran)?.next).toMatch(/ init /u);
  }
  expect(endOf(ran)).toMatchObject({ outcome: 'failed', exitCode: outcome.exitCode });
  expect(ran.exitCode).toBe(outcome.exitCode);
};

const count = (paths: readonly string[]): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const path of paths) found.set(path, (found.get(path) ?? 0) + 1);
  return found;
};

/** By the sandbox's own log: nothing was made twice, by whichever of the runs. */
export const nothingTwice = (
  requests: readonly LoggedRequest[],
  cell: Pick<Cell, 'clusterCreates' | 'revisions'>,
): void => {
  const made = requests.filter(({ method, status }) => method === 'PUT' && status === 201).map(({ path }) => path);
  const cluster = /managedClusters\/[^/]+$/iu;
  expect([...count(made)].filter(([path, times]) => times > 1 && !cluster.test(path))).toEqual([]);
  const clusters = requests.filter(
    ({ method, path, status }) => method === 'PUT' && cluster.test(path) && Number(status) < 300,
  );
  expect(clusters.length).toBeLessThanOrEqual(cell.clusterCreates ?? 1);
  const records = requests.filter(
    ({ client, method, path, status }) =>
      client.startsWith('Helm/') &&
      method === 'POST' &&
      path.split('?')[0]?.endsWith('/secrets') === true &&
      status === 201,
  );
  expect(records.length).toBeLessThanOrEqual(2 * (cell.revisions ?? 1));
};

/** What a run without any fault leaves, to hold the others against. */
export const leaves = async (stage: Stage): Promise<readonly string[]> =>
  (await stage.resources()).map(({ id }) => id.toLowerCase()).toSorted();

/**
 * One cell: the fault is set, the same command is run, and ends as the cell states. Then the fault is taken away, and the same command
 * goes on to the end, or finds that nothing is left to do. Returns what then stands.
 */
export const holds = async (stage: Stage, cell: Cell): Promise<readonly string[]> => {
  await stage.anew();
  if (cell.standing === true) finished(await runUnder(stage, fairly({})));
  const under = await runUnder(stage, cell);
  if (cell.outcome.kind === 'finishes') finished(under);
  else stopped(under, cell);
  const left = await stage.faults();
  expect(bitten(cell, left), 'nothing met the fault').toBe(true);
  await stage.clearFaults();
  const after = await runUnder(stage, fairly(cell));
  finished(after);
  nothingTwice([...under.requests, ...after.requests], cell);
  return leaves(stage);
};

/** A counted fault is used up by whoever meets it; a lasting one shows in what it does, which the cell states. */
const bitten = ({ orders }: Cell, left: readonly { readonly name: string; readonly count?: number }[]): boolean =>
  orders.every(({ name, count: asked }) => {
    const now = left.find((fault) => fault.name === name);
    return asked === undefined || now?.count === undefined || now.count < asked;
  });
