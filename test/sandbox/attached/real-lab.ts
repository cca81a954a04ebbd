import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { wallClock } from '../../../src/sandbox/clock.ts';
import type { LogLine } from '../../../src/sandbox/kubernetes/agents.ts';
import { createClusterHost } from '../../../src/sandbox/kubernetes/cluster-host.ts';
import type { LoggedRequest } from '../../../src/sandbox/kubernetes/api/server.ts';
import { labCluster } from '../../support/sandbox-cluster.ts';
import { accessOf, noNodes } from '../kubernetes/lab.ts';

export interface RealLab {
  /** Path of a kubeconfig of it. */
  readonly kubeconfig: string;
  readonly requests: readonly LoggedRequest[];
  ask(
    method: string,
    path: string,
    body?: unknown,
    type?: string,
  ): Promise<{ readonly status: number; readonly body: never }>;
  /** A node as kubeadm makes it. */
  node(
    name: string,
    more?: { readonly labels?: object; readonly taints?: readonly object[]; readonly providerID?: string },
  ): Promise<void>;
  /** A running pod; its containers have what `say` is told. */
  pod(namespace: string, name: string, containers: readonly string[], node?: string): Promise<void>;
  /** A line in a container's log; `time` in ms, by default now. */
  say(pod: string, container: string, text: string, time?: number): void;
  /** Takes it away. */
  close(): Promise<void>;
}

/** A Kubernetes API that stands for a real cluster: objects are the test's, and so is what containers say. */
export const startRealLab = async (): Promise<RealLab> => {
  const dir = mkdtempSync(join(tmpdir(), 'real-'));
  const said = new Map<string, LogLine[]>();
  const listeners = new Map<string, Set<(line: LogLine) => void>>();
  const requests: LoggedRequest[] = [];
  const keyOf = (pod: string, container: string): string => `${pod}/${container}`;
  const host = createClusterHost({
    dir: join(dir, 'clusters'),
    clock: wallClock(100),
    log: (entry) => void requests.push(entry),
    startNodes: () => ({
      ...noNodes(),
      kubelet: {
        ...noNodes().kubelet,
        logs: (pod, container) => said.get(keyOf(pod.metadata.name, container)) ?? [],
        follow(pod, container, listener) {
          const key = keyOf(pod.metadata.name, container);
          const own = listeners.get(key) ?? new Set();
          listeners.set(key, own.add(listener));
          return () => void own.delete(listener);
        },
      },
    }),
  });
  onTestFinished(async () => {
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  });
  await host.ensure({ ...labCluster, pools: [] });
  const kubeconfig = join(dir, 'kubeconfig');
  writeFileSync(kubeconfig, host.kubeconfig(labCluster.id, 'clusterAdmin'), { mode: 0o600 });
  const access = accessOf(readFileSync(kubeconfig, 'utf8'));

  const ask: RealLab['ask'] = (method, path, body, type = 'application/json') =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${access.token}`, accept: 'application/json', 'content-type': type };
      const { port, ca, servername } = access;
      const sent = request({ host: '127.0.0.1', port, ca, servername, method, path, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) as never }),
        );
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const made = async (path: string, object: unknown): Promise<void> => {
    const { status, body } = await ask('POST', path, object);
    if (status !== 201) throw new Error(JSON.stringify(body));
  };

  return {
    kubeconfig,
    requests,
    close: () => host.close(),
    ask,
    node: (name, { labels = {}, taints = [], providerID } = {}) =>
      made('/api/v1/nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels },
        spec: { taints, ...(providerID === undefined ? {} : { providerID }) },
      }),
    async pod(namespace, name, containers, node = 'kind-worker') {
      await made(`/api/v1/namespaces/${namespace}/pods`, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { nodeName: node, containers: containers.map((each) => ({ name: each, image: 'image' })) },
      });
      const containerStatuses = containers.map((each) => ({
        name: each,
        image: 'image',
        imageID: '',
        ready: true,
        restartCount: 0,
        containerID: `containerd://${name}-${each}`,
        state: { running: { startedAt: new Date().toISOString() } },
      }));
      const status = { status: { phase: 'Running', containerStatuses } };
      await ask('PATCH', `/api/v1/namespaces/${namespace}/pods/${name}/status`, status, 'application/merge-patch+json');
    },
    say(pod, container, text, time = Date.now()) {
      const key = keyOf(pod, container);
      said.set(key, [...(said.get(key) ?? []), { time, text }]);
      for (const listener of listeners.get(key) ?? []) listener({ time, text });
    },
  };
};
