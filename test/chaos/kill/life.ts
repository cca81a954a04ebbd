import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Cloud, type Request, writes } from '../../e2e/cloud.ts';
import { killPhases } from '../../../src/sandbox/server/kill-point.ts';
import type { KillRecord } from '../../../src/sandbox/control/kills.ts';
import { createBystanders } from './bystanders.ts';
import type { Finding } from './counts.ts';
import type { Coverage } from './coverage.ts';
import { type Command, type Program, type Run, startProgram } from './program.ts';
import { createWitness, isClusterPut, type Witness } from './witness.ts';

export interface Variant {
  readonly name: string;
  /** Kills what the program has started, too: the power is gone. */
  readonly tree: boolean;
  /** The next run is on another machine: the state directory is empty. */
  readonly forgets: boolean;
}

export interface LifeOptions {
  readonly cloud: Cloud;
  readonly program: Program;
  readonly variant: Variant;
  readonly coverage: Coverage;
  readonly random: () => number;
  /** A run dies at one of so many requests that have not killed before, by chance; 1 is the first of them. */
  readonly spread: number;
  /** Called at each kill. */
  readonly onPoint: (record: KillRecord) => void;
  /** No more kills from here on: the life goes on to its end without. */
  readonly enough: () => boolean;
}

export interface Life {
  readonly kills: number;
  readonly findings: readonly Finding[];
}

const isDone = (run: Run): boolean =>
  run.code === 0 && run.events.some((event) => event.type === 'run.ended' && event['outcome'] === 'done');

const used = ['OperationalInsights', 'Insights'];
/** A twin expects a subscription in which everything is registered. */
const ofTwins = ['OperationsManagement', 'SecurityInsights', 'ContainerService', 'Compute', 'Network'];

/** One cloud from nothing to nothing, with a kill at the first request of each run that has not killed before. */
export const live = async (options: LifeOptions): Promise<Life> => {
  const { cloud, coverage } = options;
  await cloud.control('POST', '/reset');
  const stateDir = join(cloud.folder, 'state');
  const second = join(cloud.folder, 'second');
  for (const folder of [stateDir, second]) rmSync(folder, { recursive: true, force: true });
  const bystanders = createBystanders(cloud, {
    providers: options.program.whole ? used : [...used, ...ofTwins],
    inWorkspace: options.program.whole,
  });
  const witness = createWitness(cloud, bystanders);
  let kills = 0;
  let ready = false;

  const attempt = async (command: Command): Promise<Run & { readonly kills: readonly KillRecord[] }> => {
    const started = startProgram(options.program, command, cloud, stateDir);
    if (!options.enough() && (options.program.whole || command === 'init')) await order(options, started.pid, command);
    started.go();
    const run = await started.ended;
    const { value } = await cloud.control<{ readonly value: readonly KillRecord[] }>('GET', '/kills');
    await cloud.control('DELETE', '/kills');
    const struck = value.filter(({ pid, state }) => pid === started.pid && state === 'killed');
    for (const { phase, point } of struck) if (point !== undefined) coverage.add(command, phase, point.signature);
    return { ...run, kills: struck };
  };

  const untilDone = async (command: Command): Promise<boolean> => {
    for (let failures = 0; ;) {
      await bystanders.settle(ready);
      const run = await attempt(command);
      witness.corrupt(run);
      ready ||=
        options.program.whole && run.events.some(({ type, step }) => type === 'step.done' && step === 'cluster-access');
      if (command === 'init') await witness.afterInit(run);
      if (run.signal === 'SIGKILL' && !run.hung) {
        kills += 1;
        for (const record of run.kills) options.onPoint(record);
        if (options.variant.forgets) rmSync(stateDir, { recursive: true, force: true });
        continue;
      }
      if (isDone(run)) return true;
      witness.failed(run, run.hung ? 'did not end' : 'ended otherwise than done');
      if (++failures >= 3) return false;
    }
  };

  if (await untilDone('init')) {
    await bystanders.settle(options.program.whole);
    const requests = await cloud.requests();
    await witness.afterWhole(requests);
    for (const finding of await bystanders.judge(requests, 'init')) witness.find(finding.count, finding.what);
    if (options.program.whole) await fromSecond(options, second, requests.length, witness);
    ready = false;
    const before = (await cloud.requests()).length;
    if (await untilDone('down')) {
      await witness.afterDown();
      const since = (await cloud.requests()).slice(before);
      for (const finding of await bystanders.judge(since, 'down')) witness.find(finding.count, finding.what);
    }
  }
  return { kills, findings: witness.findings };
};

/** One order a phase: the run dies at the first request at which none has died in that phase. */
const order = async (options: LifeOptions, pid: number, command: Command): Promise<void> => {
  const { cloud, coverage, random, variant } = options;
  for (const phase of killPhases)
    await cloud.control<KillRecord>('POST', '/kills', {
      pid,
      phase,
      at: 1 + Math.floor(random() * options.spread),
      tree: variant.tree,
      skip: coverage.list(command, phase),
      ...(phase === 'after-reply' ? { delayMs: Math.floor(random() * 30) } : {}),
    });
};

/** From a second, empty directory everything is found, and nothing is created. */
const fromSecond = async (options: LifeOptions, second: string, before: number, witness: Witness): Promise<void> => {
  const started = startProgram(options.program, 'init', options.cloud, second);
  started.go();
  const run = await started.ended;
  if (!isDone(run)) witness.failed(run, 'from a second directory');
  const since = (await options.cloud.requests()).slice(before);
  const creates = writes(since).filter(isCreate);
  if (creates.length > 0)
    witness.find(
      'duplicate-creates',
      `from a second directory: ${creates.map(({ method, path }) => `${method} ${path}`).join(', ')}`,
    );
  if (existsSync(second)) rmSync(second, { recursive: true, force: true });
};

const isCreate = (request: Request): boolean =>
  isClusterPut(request) ||
  (Number(request.status) < 300 &&
    ['PUT', 'POST', 'PATCH'].includes(request.method) &&
    !/selfsubject|\/register\b/iu.test(request.path));
