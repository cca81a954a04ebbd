import type { SignedIn } from '../../azure/azure.ts';
import { nodeDisk } from '../../engine/disk.ts';
import type { EventBody } from '../../engine/events.ts';
import { openJournal } from '../../engine/journal.ts';
import { takeLock } from '../../engine/lock.ts';
import { run } from '../../engine/run.ts';
import type { RunOptions } from '../../engine/run-step.ts';
import { settingsOf } from '../../config/settings.ts';
import { Problem } from '../../errors/problem.ts';
import type { Services } from '../../steps/services.ts';
import type { CommandResult } from '../command.ts';
import type { Context } from '../context.ts';
import { calledBy } from '../program.ts';
import { sameDeployment } from '../suggestions.ts';
import { agreeToChange, isExplained, lookForChange, writeDown } from './config-change.ts';
import { plannedSteps, runEnded, summaryOf } from './events.ts';
import { openLeaving } from './leave.ts';
import { leftBehind } from './left.ts';
import { leavingInit } from './leaving-words.ts';
import { onDisk, stateDirPlace } from './on-disk.ts';
import { openServices, type OpenOptions } from './services.ts';
import { thisProcess } from './this-process.ts';

export interface InitOptions extends OpenOptions {
  readonly fixDrift?: boolean | undefined;
  readonly acceptChanges?: boolean | undefined;
}

/** Builds, or goes on: the same run whoever starts it, wherever the last one stopped. */
export const runInit = async (context: Context, options: InitOptions): Promise<CommandResult> => {
  const { io, emit, stateDir } = context;
  // Everything that can be wrong with the answers comes first: until here nothing is written.
  const [config, profile] = [await context.config(), await context.profile()];
  const { deployment } = await import('../../steps/deployment.ts');
  const steps = deployment(config);

  const place = stateDirPlace(stateDir);
  const lock = await onDisk(place, () => takeLock(stateDir, thisProcess(io.pid), nodeDisk, io.clock));
  try {
    const started = io.clock.monotonic();
    const { services, pace, signedIn } = await openServices(context, { ...options, mayWrite: lock.check });
    const [{ sweepKubeconfigs }, { preflight }, { installTools }] = await Promise.all([
      import('../../helm/kubeconfig.ts'),
      import('../../doctor/preflight.ts'),
      import('./tools.ts'),
    ]);
    emit({ type: 'run.started', command: 'init', tool: io.version, steps: plannedSteps(steps), notes: profile.notes });
    await sweepKubeconfigs(stateDir);
    if (options.installTools === true) await installTools(context, services);
    context.say(signedInAs(signedIn));
    await preflight(services, (code, message) => emit({ type: 'warning', code, message }), context.signal);

    const journal = await onDisk(place, () => openJournal(stateDir, nodeDisk, io.clock, lock.check));
    const looking = { services, pace, journal, signal: context.signal };
    const former = await lookForChange(context, looking)
      .then((compared) => agreeToChange(context, options.acceptChanges === true, compared))
      .catch((error: unknown) => {
        journal.close();
        throw error;
      });
    const leaving = openLeaving(context, leavingInit(config));
    const signal = AbortSignal.any([leaving.signal, lock.lost]);
    try {
      if (journal.damagedLines > 0) {
        emit({
          type: 'warning',
          code: 'journal-damaged',
          message: `${journal.damagedLines} lines of the journal cannot be read; the world is asked instead.`,
        });
      }
      journal.append({
        type: 'run.started',
        tool: io.version,
        config: services.configHash,
        settings: settingsOf(config),
      });
      let wrote = false;
      const watched = (event: EventBody): void => {
        if (event.type === 'step.started' && event.mode === 'apply') wrote = true;
        leaving.emit(event);
      };
      const ran = await run(steps, {
        services,
        journal,
        clock: io.clock,
        pace,
        emit: watched,
        signal,
        consent: oneAtATime(async (step, diff, probeWith) => {
          signal.throwIfAborted();
          if (options.fixDrift !== true && (await isExplained(former, probeWith))) return true;
          return consent(context, options, step, diff).catch((error: unknown) => {
            // Ctrl-C at a question reaches the question alone: the run has to be told.
            if (error instanceof Problem && error.kind === 'interrupted') leaving.leave(error);
            throw error;
          });
        }),
      });
      await leaving.settled();
      // Whoever took it over says the rest: not a word of ours may go into his journal.
      lock.check();
      if (!ran.interrupted && ran.failures.length === 0) await writeDown(context, looking);
      const { result, aborted, says, ...left } = await leftBehind(context, leaving, ran, { services, pace });
      for (const step of aborted)
        if (journal.token(step) !== undefined) journal.append({ type: 'step.failed', step, code: 'canceled' });
      const ended = runEnded(result, {
        ms: Math.round(io.clock.monotonic() - started),
        wrote,
        left,
        next: `${calledBy(io.env)} init${sameDeployment(context.globals)}`,
      });
      journal.append({ type: 'run.ended', outcome: ended.outcome });
      emit(ended);
      if (says !== undefined) context.say(says);
      return { result: summaryOf(ended, result), exitCode: ended.exitCode };
    } finally {
      leaving.close();
      journal.close();
    }
  } finally {
    lock.release();
  }
};

type Consent = RunOptions<Services>['consent'];

/** Steps run beside each other, but a person can answer only one question at a time. */
const oneAtATime = (ask: Consent): Consent => {
  let last: Promise<unknown> = Promise.resolve();
  return (step, diff, probeWith) => {
    const answer = last.then(() => ask(step, diff, probeWith));
    last = answer.catch(() => {});
    return answer;
  };
};

/** An application is named by its credential already; a person is not. */
const signedInAs = ({ account, credential }: SignedIn): string =>
  credential.includes(account) ? `Signed in by ${credential}.` : `Signed in as ${account}, ${credential}.`;

const consent = async (
  context: Context,
  { fixDrift }: InitOptions,
  step: string,
  diff: readonly string[],
): Promise<boolean> => {
  if (fixDrift === true) return true;
  // --yes answers the questions of a first run, and this one decides over somebody's change.
  if (!context.interactive) return false;
  for (const line of diff) context.say(`${step}: ${line}`);
  return context.confirm(`Change ${step} to what the config says?`);
};
