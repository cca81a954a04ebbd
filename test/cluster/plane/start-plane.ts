import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { agentNotReady, aksNodes, type PlaneNodes } from './aks-nodes.ts';
import { apiOf, type Api } from './api.ts';
import { crdFiles } from './binaries.ts';
import { ciliumAnswers } from './cilium-answers.ts';
import { startCniStandIn, type CniStandIn } from './cni-stand-in.ts';
import { startComponent, until, type Component } from './component.ts';
import {
  apiServerFlags,
  controllerManagerFlags,
  egressConfig,
  etcdFlags,
  kubeletFlags,
  kwokFlags,
  schedulerFlags,
} from './flags.ts';
import { kwokConfig } from './kwok-config.ts';
import { startNodeNetwork } from './node-network.ts';
import { writePki } from './pki.ts';
import type { PodAnswers } from './pod-answers.ts';
import { freePorts } from './ports.ts';
import { tetragonAnswers } from './tetragon-answers.ts';

export type { PlaneNodes } from './aks-nodes.ts';

export interface PlaneOptions {
  /** An empty folder, or one to be made: keys, logs and data go there. */
  readonly dir: string;
  /** `plain`: nodes are Ready at once; `byocni`: NotReady and tainted until Cilium's pod on them is Ready. */
  readonly form: 'plain' | 'byocni';
  readonly nodes: PlaneNodes;
}

/**
 * A running Kubernetes control plane on loopback. Its stand-ins live in this process: whoever blocks it, as execFileSync does
 * with `helm --wait`, waits for ever.
 */
export interface Plane {
  /** Path of a kubeconfig of system:masters, 0600, with a client certificate. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:<port>` */
  readonly server: string;
  readonly caPem: string;
  /** The API server as its administrator speaks to it. */
  readonly api: Api;
  /** Answers for pods before all others do; gives a function that takes that back. */
  answer(answers: PodAnswers): () => void;
  /** Lets etcd forget all that has been, which the API server asks of it every five minutes. */
  compact(): Promise<void>;
  /** Ends every process that was started. */
  close(): Promise<void>;
}

/** Why there can be no plane here; undefined where there can. */
export const planeSkip = (): string | undefined => {
  const built = inject('controlPlane');
  return 'missing' in built ? built.missing : undefined;
};

const startLimitMs = 120_000;

/** Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok; nodes are there when it returns. */
export const startPlane = async ({ dir, form, nodes }: PlaneOptions): Promise<Plane> => {
  const built = inject('controlPlane');
  if ('missing' in built) throw new Error(`There is no control plane: ${built.missing}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const started: Component[] = [];
  const answers: PodAnswers[] = [];
  const network = await startNodeNetwork(dir, answers);
  let standIn: CniStandIn | undefined;
  const close = async (): Promise<void> => {
    await standIn?.stop();
    await Promise.all([...started.map((component) => component.stop()), network.close()]);
    api.close();
  };
  const start = (name: string, program: 'control-plane' | 'kwok', args: readonly string[]): void => {
    const all = program === 'kwok' ? args : [name, ...args];
    started.push(startComponent(name, join(built.folder, program), all, join(dir, `${name}.log`)));
  };

  const [etcd = 0, peer = 0, secure = 0, controllers = 0, scheduler = 0, kubelet = 0, kwok = 0] = await freePorts(7);
  const server = `https://127.0.0.1:${secure}`;
  const pki = await writePki(join(dir, 'pki'), server);
  const api = apiOf(server, pki.caPem, pki.admin);
  answers.push(ciliumAnswers(api), tetragonAnswers(api));
  network.open(api, kubelet);
  const stages = join(dir, 'kwok.yaml');
  writeFileSync(stages, kwokConfig(form));
  const egress = join(dir, 'egress.yaml');
  writeFileSync(egress, egressConfig(network.socketFile));
  try {
    start('etcd', 'control-plane', etcdFlags(dir, etcd, peer));
    start('kube-apiserver', 'control-plane', apiServerFlags(pki, etcd, secure, egress));
    await until(
      'kube-apiserver is ready',
      started,
      startLimitMs,
      async () => (await api.ask('GET', '/readyz')).status === 200,
    );
    start('kube-controller-manager', 'control-plane', controllerManagerFlags(dir, pki, controllers));
    start('kube-scheduler', 'control-plane', schedulerFlags(pki, scheduler));
    start('kubelet', 'control-plane', kubeletFlags(pki, kubelet, network.port));
    start('kwok', 'kwok', kwokFlags(pki, stages, kwok));
    const taints = form === 'byocni' ? [agentNotReady] : [];
    await Promise.all(aksNodes(nodes, taints).map((node) => api.json('POST', '/api/v1/nodes', node)));
    await until('the controllers work and kubelets report', started, startLimitMs, () => alive(api));
    const crdsOf = (name: string): string => readFileSync(join(built.folder, name), 'utf8');
    standIn = startCniStandIn(api, { cilium: crdsOf(crdFiles.cilium), tetragon: crdsOf(crdFiles.tetragon) });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    kubeconfig: pki.kubeconfig.admin,
    server,
    caPem: pki.caPem,
    api,
    answer(first) {
      answers.push(first);
      return () => void answers.splice(answers.indexOf(first), 1);
    },
    async compact() {
      const { metadata } = await api.json<{ metadata: { resourceVersion: string } }>('GET', '/api/v1/nodes');
      const answer = await fetch(`http://127.0.0.1:${etcd}/v3/kv/compaction`, {
        method: 'POST',
        body: JSON.stringify({ revision: metadata.resourceVersion, physical: true }),
      });
      if (!answer.ok) throw new Error(`etcd does not compact: ${answer.status} ${await answer.text()}`);
    },
    close,
  };
};

interface NodeList {
  readonly items: readonly { readonly status: { readonly conditions?: readonly { readonly type: string }[] } }[];
}

const alive = async (api: Api): Promise<boolean> => {
  const account = await api.ask('GET', '/api/v1/namespaces/default/serviceaccounts/default');
  if (account.status !== 200) return false;
  const { items } = await api.json<NodeList>('GET', '/api/v1/nodes');
  return items.every(({ status }) => status.conditions?.some(({ type }) => type === 'Ready'));
};
