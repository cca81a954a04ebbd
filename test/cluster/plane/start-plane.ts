import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { agentNotReady, aksNodes, type PlaneNodes } from './aks-nodes.ts';
import { apiOf, type Api } from './api.ts';
import { startComponent, until, type Component } from './component.ts';
import { apiServerFlags, controllerManagerFlags, etcdFlags, kwokFlags, schedulerFlags } from './flags.ts';
import { kwokConfig } from './kwok-config.ts';
import { writePki } from './pki.ts';
import { freePorts } from './ports.ts';

export type { PlaneNodes } from './aks-nodes.ts';

export interface PlaneOptions {
  /** An empty folder, or one to be made: keys, logs and data go there. */
  readonly dir: string;
  /** `plain`: nodes are Ready at once; `byocni`: NotReady and tainted until Cilium's pod on them is Ready. */
  readonly form: 'plain' | 'byocni';
  readonly nodes: PlaneNodes;
}

/** A running Kubernetes control plane on loopback. */
export interface Plane {
  /** Path of a kubeconfig of system:masters, 0600, with a client certificate. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:<port>` */
  readonly server: string;
  readonly caPem: string;
  readonly api: Api;
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
  const started: Component[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(started.map((component) => component.stop()));
  };
  const start = (name: string, program: 'control-plane' | 'kwok', args: readonly string[]): void => {
    const all = program === 'kwok' ? args : [name, ...args];
    started.push(startComponent(name, join(built.folder, program), all, join(dir, `${name}.log`)));
  };

  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const [etcd = 0, peer = 0, secure = 0, controllers = 0, scheduler = 0] = await freePorts(5);
  const server = `https://127.0.0.1:${secure}`;
  const pki = await writePki(join(dir, 'pki'), server);
  const api = apiOf(server, pki.caPem, pki.admin);
  const stages = join(dir, 'kwok.yaml');
  writeFileSync(stages, kwokConfig(form));
  try {
    start('etcd', 'control-plane', etcdFlags(dir, etcd, peer));
    start('kube-apiserver', 'control-plane', apiServerFlags(pki, etcd, secure));
    await until(
      'kube-apiserver is ready',
      started,
      startLimitMs,
      async () => (await api.ask('GET', '/readyz')).status === 200,
    );
    start('kube-controller-manager', 'control-plane', controllerManagerFlags(dir, pki, controllers));
    start('kube-scheduler', 'control-plane', schedulerFlags(pki, scheduler));
    start('kwok', 'kwok', kwokFlags(pki, stages));
    const taints = form === 'byocni' ? [agentNotReady] : [];
    await Promise.all(aksNodes(nodes, taints).map((node) => api.json('POST', '/api/v1/nodes', node)));
    await until('the controllers work and kubelets report', started, startLimitMs, () => alive(api));
  } catch (error) {
    api.close();
    await close();
    throw error;
  }
  return {
    kubeconfig: pki.kubeconfig.admin,
    server,
    caPem: pki.caPem,
    api,
    async close() {
      api.close();
      await close();
    },
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
