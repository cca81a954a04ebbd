import { nodeDisk } from '../../engine/disk.ts';
import { durationMs } from '../../engine/duration.ts';
import { readJournal } from '../../engine/journal.ts';
import { look, type Sight } from '../../engine/plan.ts';
import type { Node } from '../../engine/pipeline.ts';
import { exitCodeOf } from '../../errors/exit-code.ts';
import { reported } from '../../errors/reported.ts';
import type { Services } from '../../steps/services.ts';
import type { PlanDocument, PlanStep } from '../../render/plan.ts';
import type { CommandResult } from '../command.ts';
import type { Context } from '../context.ts';
import { lookForChange, shownChange } from './config-change.ts';
import { openServices } from './services.ts';
import { glanced } from './watched.ts';

export interface Plan extends PlanDocument {
  readonly errors: readonly {
    readonly step: string;
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
  }[];
}

export const planStep = ({ id, step }: Node<Services>, sight: Sight | undefined): PlanStep => {
  const expected = { p50Ms: durationMs(step.expected.p50), p90Ms: durationMs(step.expected.p90) };
  const base = { id, title: step.title, needs: step.needs, expected, diff: [] };
  if (sight === undefined) return { ...base, state: 'unknown' };
  if ('error' in sight) return { ...base, state: 'unknown', problem: reported(sight.error) };
  if ('blockedBy' in sight) return { ...base, state: 'blocked' };
  const { seen } = sight;
  switch (seen.state) {
    case 'ready':
      return { ...base, state: 'ready' };
    case 'drifted':
      return { ...base, state: 'drifted', diff: seen.diff };
    case 'failed':
      return { ...base, state: 'failed', detail: seen.reason };
    case 'converging':
      return { ...base, state: 'converging', detail: seen.detail };
    case 'absent':
      return { ...base, state: 'absent', ...(seen.detail === undefined ? {} : { detail: seen.detail }) };
    default:
      return seen satisfies never;
  }
};

/** What exists and what `init` would do. Writes nothing. */
export const runPlan = async (context: Context): Promise<CommandResult<Plan>> => {
  const config = await context.config();
  const { deployment } = await import('../../steps/deployment.ts');
  const steps = deployment(config);
  const { services, pace } = await openServices(context, {});
  const looking = look(steps, {
    services,
    pace,
    clock: context.io.clock,
    signal: context.signal,
    warn: (step, code, message) => context.emit({ type: 'warning', step, code, message }),
  });
  const comparing = lookForChange(context, {
    services,
    pace,
    signal: context.signal,
    journal: readJournal(context.stateDir, nodeDisk),
  });
  const both = Promise.all([looking, comparing]);
  const [{ sights }, compared] = await glanced('Looking at what exists', context.io, context.globals, both);
  const byId = new Map(sights.map((sight) => [sight.id, sight]));
  const broken = sights.flatMap((sight) => ('error' in sight ? [sight] : []));
  return {
    result: {
      ...(compared.change !== undefined && { configChange: shownChange(compared.change) }),
      steps: steps.nodes.map((node) => planStep(node, byId.get(node.id))),
      errors: broken.map(({ id, error }) => {
        const { code, message, hint } = reported(error);
        return { step: id, code, message, ...(hint === undefined ? {} : { hint }) };
      }),
    },
    exitCode: broken[0] === undefined ? 0 : exitCodeOf(broken[0].error),
  };
};
