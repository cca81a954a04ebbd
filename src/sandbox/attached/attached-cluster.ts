import type { Arm } from '../arm/context.ts';
import type { ClusterHost } from '../kubernetes/host.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { PublishedCluster } from '../published.ts';
import { createAttachedHost } from './attached-host.ts';
import { attach, type AttachRequest } from './attachment.ts';
import { startLogAgent, type LogAgent, type LogAgentState } from './log-agent.ts';

/** The real cluster of a sandbox, and the agent that reads its logs. */
export interface AttachedCluster {
  readonly host: ClusterHost;
  readonly published: { readonly cluster: PublishedCluster };
  /** Once there is an ARM to ask where logs go. */
  startLogs(arm: Arm, logStore: LogStore): void;
  status(): { readonly cluster: PublishedCluster & { readonly logs: LogAgentState | undefined } };
}

/** Undefined for a sandbox that makes its clusters itself. @throws CannotServe */
export const attachCluster = async (options: {
  readonly dir: string;
  readonly request: AttachRequest | undefined;
  /** Names of the managed clusters that ARM has already. */
  readonly clusters: readonly string[];
  readonly onError: (error: unknown) => void;
}): Promise<AttachedCluster | undefined> => {
  const { dir, request, clusters, onError } = options;
  const attachment = await attach(dir, request, clusters);
  if (attachment === undefined) return undefined;
  const { access, facts, client } = attachment;
  const host = createAttachedHost({ client, access, facts, onError });
  let agent: LogAgent | undefined;
  const cluster: PublishedCluster = {
    context: access.context,
    server: access.server,
    kubernetesVersion: facts.version,
    nodes: facts.nodes,
    kubernetesService: facts.host,
  };
  return {
    host: {
      ...host,
      async close() {
        await agent?.close();
        await host.close();
      },
    },
    published: { cluster },
    startLogs(arm, logStore) {
      agent = startLogAgent({ client, arm, clusterId: () => host.clusterId(), logStore, dir, onError });
    },
    status: () => ({ cluster: { ...cluster, logs: agent?.state() } }),
  };
};
