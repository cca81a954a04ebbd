import { nodeDisk } from '../../engine/disk.ts';
import { lockHolder } from '../../engine/lock.ts';
import { type PlannedRemoval, plannedRemovals } from '../../engine/remove.ts';
import type { ExitCode } from '../../errors/exit-code.ts';
import type { CancelledDocument } from '../../render/cancelled.ts';
import type { CommandResult } from '../command.ts';
import type { Context } from '../context.ts';
import { type AbortEnd, abortOperation, abortText, findCluster, whatRuns } from './abort-operation.ts';
import { billedParts } from './billed.ts';
import { forgetOperations } from './forget-operations.ts';
import { commandsOf } from './left.ts';
import { openServices, type Opened } from './services.ts';
import { type Holding, stopRun } from './stop-run.ts';
import { thisProcess } from './this-process.ts';

const usualWaitMs = 600_000;

/** Stops what runs: first whoever would start it again, then the operation in Azure. Undoes nothing, and says what is left. */
export const runCancel = async (
  context: Context,
  options: { readonly wait?: number | undefined },
): Promise<CommandResult<CancelledDocument>> => {
  const { io, signal, stateDir } = context;
  const opened = await openServices(context, {});
  const { services, pace } = opened;
  const aborting = {
    services,
    pace,
    clock: io.clock,
    signal,
    waitMs: options.wait ?? usualWaitMs,
    say: context.say,
  };
  const me = thisProcess(io.pid);
  const holder = lockHolder(stateDir, me, nodeDisk, io.clock);
  const cluster = await findCluster(aborting);
  const found = whatRuns(cluster, services.owner);

  const intents = [
    ...(holder?.here === true ? [`stop the run of process ${holder.pid}, since ${holder.startedAt}`] : []),
    ...(found === 'abortable'
      ? [`abort what AKS does on cluster ${services.config.cluster.name} (${cluster?.provisioningState ?? ''})`]
      : []),
  ];
  if (intents.length > 0) {
    const [first = '', ...rest] = intents;
    const words = [`${first[0]?.toUpperCase() ?? ''}${first.slice(1)}`, ...rest].join(', and ');
    if (!(await context.confirm(`${words}?`))) {
      const document = { ok: false, cancelled: false, message: 'Nothing was cancelled.', remains: [], billed: [] };
      return { result: document, exitCode: 130 };
    }
  }
  const stopped = holder === undefined ? undefined : await stopRun(holder, { stateDir, me, clock: io.clock, signal });
  const end = found === 'abortable' ? await abortOperation(aborting) : found;
  // A journal that still names the operation would say at the next interrupt that it goes on.
  if (end.kind === 'aborted') forgetOperations(stateDir, ['cluster', 'kube-proxy'], false, nodeDisk, io.clock);
  return {
    result: await documentOf(context, opened, end, holder, stopped),
    exitCode: exitCodeOf(end, stopped, signal),
  };
};

const exitCodeOf = (end: AbortEnd, stopped: boolean | undefined, signal: AbortSignal): ExitCode => {
  if (end.kind === 'aborting') return signal.aborted ? 5 : 8;
  if (end.kind === 'deleting') return 5;
  if (end.kind === 'refused' || end.kind === 'foreign') return 1;
  return stopped === false ? 7 : 0;
};

const documentOf = async (
  context: Context,
  { services, pace }: Opened,
  end: AbortEnd,
  holder: Holding | undefined,
  stopped: boolean | undefined,
): Promise<CancelledDocument> => {
  const { config } = services;
  const remains = context.signal.aborted ? [] : await whatRemains(context, { services, pace });
  const { watch, init, remove } = commandsOf(context);
  const goesOn = ['aborting', 'deleting', 'refused'].includes(end.kind) || stopped === false;
  return {
    ok: !goesOn && end.kind !== 'foreign',
    cancelled: end.kind === 'aborted',
    message: abortText(end),
    ...(end.cluster && { cluster: { name: end.cluster.name, provisioningState: end.cluster.provisioningState } }),
    ...(holder && { run: runOf(holder, stopped === true) }),
    remains: remains.map(({ removal }) => removal.what),
    billed: billedParts(config, { cluster: end.cluster, workspace: remains.some(({ id }) => id === 'workspace') }),
    ...(goesOn && { watch }),
    ...(remains.length > 0 && { next: init, remove }),
  };
};

const runOf = ({ here: _here, ...holder }: Holding, stopped: boolean): NonNullable<CancelledDocument['run']> => ({
  ...holder,
  stopped,
});

/** By the same look as `down`'s: what is there of this deployment, whatever state it is in. */
const whatRemains = async (
  { io, signal }: Context,
  { services, pace }: Pick<Opened, 'services' | 'pace'>,
): Promise<readonly PlannedRemoval[]> => {
  const { deployment } = await import('../../steps/deployment.ts');
  const steps = deployment({ detections: { enabled: true }, demo: { enabled: true } });
  const looking = { services, pace, clock: io.clock, signal, emit: () => {} };
  const planned = await plannedRemovals(steps, new Map(), looking);
  return planned.filter(({ removal }) => removal.kept === undefined);
};
