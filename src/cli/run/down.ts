import { nodeDisk } from '../../engine/disk.ts';
import { takeLock } from '../../engine/lock.ts';
import { plannedRemovals, removeAll } from '../../engine/remove.ts';
import type { CommandResult } from '../command.ts';
import type { Context } from '../context.ts';
import { calledBy } from '../program.ts';
import { sameDeployment } from '../suggestions.ts';
import { plannedSteps, runEnded, summaryOf } from './events.ts';
import { forgetOperations } from './forget-operations.ts';
import { openLeaving } from './leave.ts';
import { leavingDown } from './leaving-words.ts';
import { leftBehind } from './left.ts';
import { onDisk, stateDirPlace } from './on-disk.ts';
import { openServices } from './services.ts';
import { thisProcess } from './this-process.ts';

export interface DownOptions {
  readonly workspaceData?: 'keep' | 'purge' | undefined;
}

const workspaceChoices = [
  { value: 'keep', name: 'keep: the same name brings workspace and data back within 14 days' },
  { value: 'purge', name: 'purge: delete the data for good' },
] as const;

/** Removes what carries our mark, after saying what; what somebody else made is named and left. */
export const runDown = async (context: Context, options: DownOptions): Promise<CommandResult> => {
  const { io, emit, stateDir } = context;
  const config = await context.config();
  const { deployment } = await import('../../steps/deployment.ts');
  // Everything that a run could have made, whatever the config leaves out today.
  const steps = deployment({ detections: { enabled: true }, demo: { enabled: true } });
  const borrowed = config.workspace.id !== undefined;
  const workspaceData = borrowed
    ? 'keep'
    : (options.workspaceData ??
      (await context.choose('What becomes of the data in the Log Analytics workspace?', workspaceChoices)));

  const lock = await onDisk(stateDirPlace(stateDir), () => takeLock(stateDir, thisProcess(io.pid), nodeDisk, io.clock));
  try {
    const started = io.clock.monotonic();
    const { services, pace } = await openServices(context, { workspaceData, mayWrite: lock.check });
    const { sweepKubeconfigs } = await import('../../helm/kubeconfig.ts');
    await sweepKubeconfigs(stateDir);
    const removing = { services, pace, clock: io.clock, signal: context.signal, emit };
    // By names alone: what is broken, blocked or half gone must be found, too, and a cluster that does not answer is no hindrance.
    const planned = await plannedRemovals(steps, new Map(), removing);
    const going = planned.filter(({ removal }) => removal.kept === undefined);
    for (const { removal } of planned) {
      context.say(
        removal.kept === undefined ? `Will be removed: ${removal.what}.` : `Stays: ${removal.what}; ${removal.kept}.`,
      );
    }
    const nothing = { ok: true, removed: [], kept: planned.map(({ removal }) => removal.what) };
    if (going.length === 0) {
      context.say('There is nothing of this deployment to remove.');
      return { result: nothing, exitCode: 0 };
    }
    if (!(await context.confirm(`Remove ${going.length === 1 ? 'it' : `these ${going.length}`} now?`))) {
      context.say('Nothing was removed.');
      return { result: { ...nothing, ok: false }, exitCode: 130 };
    }
    const ids = new Set(going.map(({ id }) => id));
    emit({
      type: 'run.started',
      command: 'down',
      tool: io.version,
      steps: removalSteps(
        plannedSteps(steps).filter(({ id }) => ids.has(id)),
        planned,
      ),
      notes: [],
    });
    const leaving = openLeaving(context, leavingDown(config));
    try {
      const signal = AbortSignal.any([leaving.signal, lock.lost]);
      const ran = await removeAll(steps, planned, { ...removing, signal, emit: leaving.emit });
      await leaving.settled();
      lock.check();
      const {
        result,
        aborted: _none,
        says: _nothing,
        ...left
      } = await leftBehind(context, leaving, ran, { services, pace, removing: true });
      const all = !result.interrupted && result.failures.length === 0;
      forgetOperations(stateDir, result.outputs.keys(), all, nodeDisk, io.clock);
      const ended = runEnded(result, {
        ms: Math.round(io.clock.monotonic() - started),
        wrote: true,
        left,
        next: `${calledBy(io.env)} down${sameDeployment(context.globals)}`,
      });
      emit(ended);
      return { result: summaryOf(ended, result), exitCode: ended.exitCode };
    } finally {
      leaving.close();
    }
  } finally {
    lock.release();
  }
};

const removalSteps = (
  steps: ReturnType<typeof plannedSteps>,
  planned: Awaited<ReturnType<typeof plannedRemovals>>,
): ReturnType<typeof plannedSteps> =>
  steps.toReversed().map((step) => ({
    ...step,
    title: `Remove ${planned.find(({ id }) => id === step.id)?.removal.what ?? step.title}`,
    needs: [],
  }));
