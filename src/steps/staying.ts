import type { Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';
import type { Removal } from '../engine/step.ts';
import { kubeconfigOf } from './cluster-access.ts';
import { madeByUs, managedBy } from './ownership.ts';
import type { Services } from './services.ts';
import { findWorkspace } from './workspace.ts';

type Looks = Pick<Services, 'azure' | 'config' | 'owner'>;

/** The workspace, where `down` leaves it because somebody else made it: then what is ours in it goes one by one. */
export const stayingWorkspace = async (services: Looks, signal: AbortSignal): Promise<string | undefined> => {
  const seen = await findWorkspace(services, signal);
  return seen === undefined || (services.config.workspace.id === undefined && madeByUs(seen.tags, services))
    ? undefined
    : seen.id;
};

/** The cluster, where `down` leaves it because somebody else made it; what is ours in one of our own goes with it. */
export const stayingCluster = async (
  services: Looks & Pick<Services, 'connect'>,
  signal: AbortSignal,
): Promise<Kubernetes | undefined> => {
  const { azure, config, connect } = services;
  const seen = await azure.clusters.find(config.resourceGroup, config.cluster.name, signal);
  if (seen === undefined || madeByUs(seen.tags, services) || seen.powerState === 'Stopped') return undefined;
  return connect(await kubeconfigOf({ azure, config }, seen, signal));
};

/** Everything of these kinds with our label, in a cluster that stays. */
export const labelledRemoval = async (
  kubernetes: Kubernetes,
  kinds: readonly { readonly apiVersion: string; readonly kind: string; readonly namespace?: string }[],
  what: (found: readonly Manifest[]) => string,
  looking: AbortSignal,
): Promise<Removal | undefined> => {
  const labelSelector = Object.entries(managedBy)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
  const look = async (signal: AbortSignal): Promise<readonly Manifest[]> =>
    (await Promise.all(kinds.map((kind) => kubernetes.list({ ...kind, labelSelector }, signal)))).flat();
  const found = await look(looking);
  if (found.length === 0) return undefined;
  return {
    what: what(found),
    async remove(signal) {
      for (const { apiVersion, kind, metadata } of found) {
        const { name, namespace, uid } = metadata;
        await kubernetes.delete({ apiVersion, kind, name, namespace, ...(uid === undefined ? {} : { uid }) }, signal);
      }
    },
    gone: async (signal) => (await look(signal)).length === 0,
  };
};

/** Named, so that nobody thinks it gone, and left. */
export const kept = (what: string, why: string): Removal => ({
  what,
  kept: why,
  remove: async () => {},
  gone: async () => true,
});
