import type { Cluster } from '../../azure/cluster-contract.ts';
import { durationText } from '../../engine/duration.ts';
import { untilPassed, type Pace } from '../../engine/retry.ts';
import { isOurs } from '../../steps/ownership.ts';
import type { Services } from '../../steps/services.ts';
import type { Io } from '../io.ts';

/** What an abort came to. `aborting`: AKS has accepted it and was not seen to be done. */
export type AbortEnd =
  | { readonly kind: 'nothing'; readonly cluster: Cluster | undefined }
  | { readonly kind: 'deleting'; readonly cluster: Cluster }
  | { readonly kind: 'foreign'; readonly cluster: Cluster }
  | { readonly kind: 'finished' | 'refused'; readonly cluster: Cluster; readonly says: string }
  | { readonly kind: 'aborted' | 'aborting'; readonly cluster: Cluster | undefined };

const final = new Set(['succeeded', 'failed', 'canceled']);

export const isUnderWay = ({ provisioningState }: Cluster): boolean => !final.has(provisioningState.toLowerCase());

export interface Aborting {
  readonly services: Pick<Services, 'azure' | 'config' | 'owner'>;
  readonly pace: Pace;
  readonly clock: Io['clock'];
  readonly signal: AbortSignal;
  /** Milliseconds for AKS to come to rest. */
  readonly waitMs: number;
  readonly say: (line: string) => void;
}

export const findCluster = ({
  services,
  pace,
  clock,
  signal,
}: Omit<Aborting, 'waitMs' | 'say'>): Promise<Cluster | undefined> =>
  untilPassed(() => services.azure.clusters.find(services.config.resourceGroup, services.config.cluster.name, signal), {
    pace,
    clock,
    signal,
    tries: 4,
    progress: () => {},
  });

/** What there is to abort, before anybody is asked. */
export const whatRuns = (cluster: Cluster | undefined, owner: string): AbortEnd | 'abortable' => {
  if (cluster === undefined || !isUnderWay(cluster)) return { kind: 'nothing', cluster };
  // AKS's own page names create, upgrade and scale; half a deletion is worth nothing to anybody.
  if (cluster.provisioningState.toLowerCase() === 'deleting') return { kind: 'deleting', cluster };
  if (!isOurs(cluster.tags, { owner })) return { kind: 'foreign', cluster };
  return 'abortable';
};

/** Aborts what AKS does on our cluster and waits until the cluster is at rest. */
export const abortOperation = async (options: Aborting): Promise<AbortEnd> => {
  const { services, pace, clock, signal, waitMs, say } = options;
  const cluster = await findCluster(options);
  const found = whatRuns(cluster, services.owner);
  if (found !== 'abortable') return found;
  const answer = await untilPassed(
    () => services.azure.clusters.abort(services.config.resourceGroup, services.config.cluster.name, signal),
    { pace, clock, signal, tries: 4, progress: say },
  );
  if (answer.kind === 'refused') {
    const now = await findCluster(options);
    if (now === undefined) return { kind: 'nothing', cluster: undefined };
    return { kind: isUnderWay(now) ? 'refused' : 'finished', cluster: now, says: answer.says };
  }
  say(`AKS has accepted the abort; waiting up to ${durationText(waitMs)} until the cluster is at rest.`);
  const until = clock.monotonic() + waitMs;
  let now: Cluster | undefined = cluster;
  for (;;) {
    try {
      now = await findCluster(options);
      if (now === undefined || !isUnderWay(now)) return { kind: 'aborted', cluster: now };
      if (clock.monotonic() >= until) return { kind: 'aborting', cluster: now };
      await clock.sleep(pace.pollMs, signal);
    } catch (error) {
      // What was accepted goes on whoever stops looking.
      if (signal.aborted) return { kind: 'aborting', cluster: now };
      throw error;
    }
  }
};

/** One sentence of what became of it. */
export const abortText = (end: AbortEnd): string => {
  const { cluster } = end;
  const name = cluster === undefined ? '' : `AKS cluster ${cluster.name}`;
  const state = cluster?.provisioningState ?? '';
  switch (end.kind) {
    case 'nothing':
      return cluster === undefined
        ? 'There is nothing to cancel: the deployment has no AKS cluster.'
        : `There is nothing to cancel: no operation runs on ${name}, it is ${state}.`;
    case 'deleting':
      return `${name} is being deleted. A deletion is not aborted: half of a cluster would be of no use, and AKS offers it for creates, upgrades and scaling.`;
    case 'foreign':
      return `${name} is ${state}, and it does not belong to this deployment: it is left alone.`;
    case 'finished':
      return `There is nothing to cancel any more: the operation on ${name} had ended, it is ${state}.`;
    case 'refused':
      return `AKS did not abort what runs on ${name} (${state}): ${end.says}`;
    case 'aborted':
      if (cluster === undefined) return 'Cancelled: the cluster is gone.';
      return state.toLowerCase() === 'canceled'
        ? `Cancelled: ${name} is Canceled.`
        : `${name} is ${state}: it came to its end before the abort did.`;
    case 'aborting':
      return `AKS has accepted the abort, and ${name === '' ? 'the cluster' : name} is not at rest yet${state === '' ? '' : ` (${state})`}: that goes on in Azure.`;
    default:
      return end satisfies never;
  }
};
