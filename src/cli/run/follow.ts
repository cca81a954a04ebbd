import { isPassing } from '../../engine/retry.ts';
import type { EventBody, StepState } from '../../engine/events.ts';
import type { ExitCode } from '../../errors/exit-code.ts';
import type { PlanState, PlanStep } from '../../render/plan.ts';
import type { CommandResult } from '../command.ts';
import type { Context } from '../context.ts';
import { plannedSteps } from './events.ts';
import { openServices } from './services.ts';
import { type DeploymentStatus, readStatus } from './status.ts';

/** Without these nothing else of a deployment is there. */
const roots = ['resource-group', 'workspace', 'cluster'];

interface Seen {
  readonly state: StepState;
  readonly detail: string | undefined;
}

/** Parts that cannot be looked at yet are not there as far as anybody can see; of what could not be asked nothing is known. */
const seenOf = ({ state, detail, diff }: PlanStep): Seen | undefined => {
  switch (state) {
    case 'unknown':
      return undefined;
    case 'blocked':
      return { state: 'absent', detail: undefined };
    case 'drifted':
      return { state, detail: diff.join('; ') };
    case 'absent':
    case 'converging':
    case 'ready':
    case 'failed':
      return { state, detail };
    default:
      return state satisfies never;
  }
};

/** One event for each part that is not as it was, and one for each complaint that is new. */
export const changesIn = (): ((status: DeploymentStatus) => readonly EventBody[]) => {
  const last = new Map<string, string>();
  let complaints = new Set<string>();
  return ({ steps, errors }) => {
    const probed = steps.flatMap((step): readonly EventBody[] => {
      const seen = seenOf(step);
      const known = last.get(step.id);
      const now = JSON.stringify(seen);
      // What has never been there needs no line to say so.
      if (seen === undefined || known === now || (known === undefined && seen.state === 'absent')) return [];
      last.set(step.id, now);
      const { state, detail } = seen;
      return [{ type: 'step.probed', step: step.id, state, ...(detail !== undefined && { detail }) }];
    });
    const ready = steps.every(({ state }) => state === 'ready');
    const unknown = new Set(steps.filter(({ state }) => state === 'unknown').map(({ id }) => id));
    // While it is being built, half of everything complains; then only what cannot be asked is news.
    const told = errors.filter(({ component }) => ready || unknown.has(component));
    const fresh = told.filter(({ message }) => !complaints.has(message));
    complaints = new Set(told.map(({ message }) => message));
    return [
      ...probed,
      ...fresh.map(({ component, message }): EventBody => ({ type: 'warning', code: component, message })),
    ];
  };
};

const was = (steps: readonly PlanStep[], states: readonly PlanState[]): boolean =>
  steps.some(({ id, state }) => roots.includes(id) && states.includes(state));

/** Follows what anybody does to the deployment, by the probes: until all is ready, all is gone, the time is over, or Ctrl-C. */
export const runFollow = async (
  context: Context,
  options: { readonly wait?: number | undefined },
): Promise<CommandResult<DeploymentStatus | undefined>> => {
  const { io, emit, signal } = context;
  const { clock } = io;
  const opened = await openServices(context, {});
  const { deployment } = await import('../../steps/deployment.ts');
  const steps = deployment(opened.services.config);
  const started = clock.monotonic();
  const changes = changesIn();
  let ready = 0;
  let wasThere = false;

  const ended = (outcome: 'done' | 'failed' | 'interrupted', exitCode: ExitCode): CommandResult<undefined> => {
    const ms = Math.round(clock.monotonic() - started);
    emit({ type: 'run.ended', outcome, exitCode, ms, ready, total: steps.nodes.length, detached: [] });
    return { result: undefined, exitCode };
  };
  emit({ type: 'run.started', command: 'status', tool: io.version, steps: plannedSteps(steps), notes: [] });
  for (;;) {
    try {
      const status = await readStatus(context, opened);
      for (const event of changes(status)) emit(event);
      ready = status.steps.filter(({ state }) => state === 'ready').length;
      if (status.ok) return ended('done', 0);
      const gone = !was(status.steps, ['converging', 'ready', 'drifted', 'failed', 'unknown']);
      if (gone && wasThere) {
        emit({ type: 'warning', code: 'gone', message: 'The deployment is gone: nothing is left to watch.' });
        return ended('failed', 1);
      }
      wasThere ||= !gone;
    } catch (error) {
      if (signal.aborted) return ended('interrupted', 130);
      // Whoever watches has patience with a lost connection, too.
      if (!isPassing(error)) throw error;
      emit({ type: 'warning', code: error.code, message: `${error.message}; asking again.` });
    }
    if (options.wait !== undefined && clock.monotonic() - started >= options.wait) return ended('failed', 8);
    try {
      await clock.sleep(opened.pace.pollMs, signal);
    } catch {
      return ended('interrupted', 130);
    }
  }
};
