import { join } from 'node:path';
import type { Arm } from '../arm/context.ts';
import { arrayAt, objectAt } from '../json.ts';
import { effectiveLogSettings, type LogSettings } from '../kubernetes/nodes/log-agent.ts';
import { LOG_AGENT_CONFIG } from '../kubernetes/nodes/log-agent-programs.ts';
import type { LogStore } from '../logs/log-store.ts';
import { pace } from './agent-pace.ts';
import { KubeError, type KubeClient } from './kube-client.ts';
import { createLogFollowers } from './log-followers.ts';
import { readLogMemory, writeLogMemory } from './log-memory.ts';
import { createLogOutbox } from './log-outbox.ts';
import { logRoute, type LogRoute } from './log-route.ts';
import { logTargets } from './log-targets.ts';
import { createNotice } from './notice.ts';

export interface LogAgentOptions {
  readonly client: KubeClient;
  readonly arm: Arm;
  /** ARM id of the managed cluster that stands for the real one. */
  readonly clusterId: () => string | undefined;
  readonly logStore: LogStore;
  /** The agent's own folder. */
  readonly dir: string;
  readonly onError: (error: unknown) => void;
}

/** What the agent does, for whoever asks the sandbox how it is. */
export interface LogAgentState {
  /** Why nothing is read; undefined where something is. */
  readonly closed: string | undefined;
  readonly following: number;
  readonly waiting: number;
  readonly rows: number;
  readonly trouble: string | undefined;
}

export interface LogAgent {
  state(): LogAgentState;
  close(): Promise<void>;
}

/** By what the agent works: where rows go, and what it makes of its ConfigMap. */
interface Orders {
  readonly route: LogRoute;
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

const configMapPath = `/api/v1/namespaces/kube-system/configmaps/${LOG_AGENT_CONFIG}`;

const settingsOf = (data: Orders['data']): LogSettings =>
  effectiveLogSettings(
    data === undefined
      ? undefined
      : { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: LOG_AGENT_CONFIG }, data },
  );

/** Whether the API server can give stdout and stderr apart: one without the feature refuses the parameter before it looks for the pod. */
const splitsStreams = async (client: KubeClient): Promise<boolean> => {
  try {
    await client.get('/api/v1/namespaces/kube-system/pods/no-such-pod/log?stream=Stdout');
    return true;
  } catch (error) {
    if (error instanceof KubeError && error.status >= 400 && error.status < 500) return false;
    throw error;
  }
};

/**
 * Stands in for Container Insights' agent on a real cluster: reads what its rules and ARM's let through by the API server, and puts it
 * into the workspace as late as Azure would.
 */
export const startLogAgent = (options: LogAgentOptions): LogAgent => {
  const { client, arm, logStore, dir, onError } = options;
  const { clock } = arm;
  const file = join(dir, 'log-agent.json');
  const memory = readLogMemory(file);
  const outbox = createLogOutbox({ clock, logStore, memory, written: () => writeLogMemory(file, memory) });
  const followers = createLogFollowers({ client, memory, outbox, now: () => clock.now(), onError });
  const notice = createNotice<Orders>(memory.orders, pace.noticed / clock.speed);
  let closed: string | undefined = 'the agent has not looked yet';
  let trouble: string | undefined;
  let split: boolean | undefined;
  let stopped = false;

  const ordersNow = async (): Promise<Orders> => {
    const route = logRoute(arm, options.clusterId());
    if (route.kind === 'closed') return { route, data: undefined };
    const configMap = await client.get(configMapPath);
    return { route, data: configMap === undefined ? undefined : objectAt(configMap, 'data') };
  };

  const follow = async ({ route, data }: Orders): Promise<void> => {
    const settings = settingsOf(data);
    const why =
      route.kind === 'closed' ? route.why : settings.containerLogV2 ? undefined : 'the ConfigMap asks for ContainerLog';
    closed = why;
    if (route.kind === 'closed' || why !== undefined) return followers.want([], undefined);
    split ??= await splitsStreams(client);
    const pods = arrayAt(await client.get('/api/v1/pods?resourceVersion=0'), 'items');
    const { multiline } = settings;
    followers.want(logTargets(pods, settings, split), { ...route, multiline, split });
  };

  const look = async (): Promise<void> => {
    const now = clock.now();
    const noticed = notice.look(await ordersNow(), now);
    if (noticed.changed) {
      memory.orders = noticed.key;
      memory.since = now;
      writeLogMemory(file, memory);
    }
    await follow(noticed.value);
  };

  let running: Promise<void> = Promise.resolve();
  let forget: (() => void) | undefined;
  const again = (): void => {
    if (stopped) return;
    forget = clock.after(pace.look * clock.speed, () => {
      running = look()
        .then(() => void (trouble = undefined))
        .catch((error: unknown) => {
          trouble = error instanceof Error ? error.message : String(error);
          // A real cluster that does not answer is none of the sandbox's errors: it may be stopped.
          if (!(error instanceof KubeError)) onError(error);
        })
        .finally(again);
    });
  };
  again();

  return {
    state: () => ({ closed, ...followers.counts(), rows: outbox.rows(), trouble }),
    async close() {
      stopped = true;
      forget?.();
      await running;
      await followers.close();
      outbox.close();
    },
  };
};
