import type { Cluster } from '../../azure/cluster-contract.ts';
import type { RunResult } from '../../engine/run.ts';
import type { Pace } from '../../engine/retry.ts';
import type { Services } from '../../steps/services.ts';
import type { Context } from '../context.ts';
import { calledBy } from '../program.ts';
import { sameDeployment } from '../suggestions.ts';
import { abortOperation, abortText, isUnderWay, type AbortEnd } from './abort-operation.ts';
import { billedParts } from './billed.ts';
import type { Leaving } from './leave.ts';

/** A cancelled CI job has 7.5 seconds, of which helm may have used six: the cluster is at work only where helm is not. */
const lookMs = 2500;
const abortWaitMs = 600_000;

/** Steps that AKS works for. */
const aksSteps = ['cluster', 'kube-proxy'];

/** What `run.ended` says of it. */
export interface LeftWords {
  readonly billed: readonly string[];
  readonly watch?: string;
  readonly cancel?: string;
  readonly remove?: string;
}

export interface LeftRun extends LeftWords {
  /** The same result, with what the cloud itself says to be under way. */
  readonly result: RunResult;
  /** Steps whose operation was aborted: no token of theirs means anything any more. */
  readonly aborted: readonly string[];
  /** What became of the abort, for people. */
  readonly says?: string;
}

export const commandsOf = (context: Context): { readonly [K in 'watch' | 'cancel' | 'remove' | 'init']: string } => {
  const same = sameDeployment(context.globals);
  const program = calledBy(context.io.env);
  return {
    watch: `${program} status --watch${same}`,
    cancel: `${program} cancel${same}`,
    remove: `${program} down${same}`,
    init: `${program} init${same}`,
  };
};

/**
 * What a run that was left leaves behind. A request that was on its way at that instant may have been accepted without our hearing of it:
 * so the cluster is looked at once more, for a moment, and where that fails the operation is taken to go on.
 */
export const leftBehind = async (
  context: Context,
  leaving: Leaving,
  result: RunResult,
  at: { readonly services: Services; readonly pace: Pace; readonly removing?: boolean },
): Promise<LeftRun> => {
  if (!result.interrupted) return { result, aborted: [], billed: [] };
  const { services } = at;
  const { config, azure } = services;
  const stopped = aksSteps.filter((id) => leaving.stoppedAt().has(id) || result.detached.includes(id));
  const aborted = leaving.wantsCancel() ? await abort(context, at) : undefined;
  const cluster = aborted === undefined ? await glance() : aborted.cluster;
  const underWay =
    aborted === undefined
      ? cluster === 'unknown' || (cluster !== undefined && isUnderWay(cluster))
      : aborted.kind === 'aborting' || aborted.kind === 'refused' || aborted.kind === 'deleting';
  const others = result.detached.filter((id) => !aksSteps.includes(id));
  const detached = underWay && stopped.length > 0 ? [...others, ...stopped] : others;
  const { watch, cancel, remove } = commandsOf(context);
  const deleting = typeof cluster === 'object' && cluster.provisioningState.toLowerCase() === 'deleting';
  return {
    result: { ...result, detached },
    aborted: aborted?.kind === 'aborted' ? aksSteps : [],
    ...(aborted !== undefined && { says: abortText(aborted) }),
    billed: billedParts(config, {
      cluster: cluster === 'unknown' ? 'assumed' : cluster,
      workspace: at.removing === true ? !result.outputs.has('workspace') : result.outputs.has('workspace'),
    }),
    ...(detached.length > 0 && { watch }),
    ...(underWay && stopped.length > 0 && at.removing !== true && !deleting && { cancel }),
    ...(at.removing !== true && { remove }),
  };

  async function glance(): Promise<Cluster | 'unknown' | undefined> {
    // Built or gone as the run saw it: nothing is to be learnt that it did not know, and helm may have used up the time.
    if (stopped.length === 0 && result.outputs.has('cluster')) return at.removing === true ? undefined : 'unknown';
    try {
      return await azure.clusters.find(config.resourceGroup, config.cluster.name, AbortSignal.timeout(lookMs));
    } catch {
      return stopped.length > 0 || result.outputs.has('cluster') ? 'unknown' : undefined;
    }
  }
};

const abort = (
  context: Context,
  { services, pace }: { readonly services: Services; readonly pace: Pace },
): Promise<AbortEnd> =>
  abortOperation({
    services,
    pace,
    clock: context.io.clock,
    // Ctrl-C has been said and answered, another one ends the process; only SIGTERM leaves no time.
    signal: context.signal.aborted ? AbortSignal.timeout(lookMs) : context.signal,
    waitMs: abortWaitMs,
    say: context.say,
  });
