import { readFileSync, rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { wallClock } from '../../../src/sandbox/clock.ts';
import type { FaultOf, RequestFault } from '../../../src/sandbox/kubernetes/api/request-fault.ts';
import type { LoggedRequest } from '../../../src/sandbox/kubernetes/api/server.ts';
import { createClusterHost, type NodeSide } from '../../../src/sandbox/kubernetes/cluster-host.ts';
import type { ClusterHost } from '../../../src/sandbox/kubernetes/host.ts';
import { labCluster } from '../../support/sandbox-cluster.ts';

/** A node side without nodes: its kubelet says what it was asked. */
export const noNodes = (): NodeSide => ({
  kubelet: {
    exec: (_pod, container, command) =>
      Promise.resolve({
        stdout: `${container}: ${command.join(' ')}\n`,
        stderr: 'to the error stream\n',
        exitCode: command[0] === 'false' ? 3 : 0,
      }),
    logs: (_pod, _container, run = 'latest') =>
      (run === 'latest' ? ['one', 'two', 'three'] : ['zero']).map((text, index) => ({ time: index, text })),
    follow(_pod, _container, listener) {
      const timer = setInterval(() => listener({ time: 0, text: 'more' }), 5);
      return () => clearInterval(timer);
    },
    http: (_pod, port, path) =>
      Promise.resolve(
        port === 2112 ? { status: 200, contentType: 'text/plain', body: `asked for ${path}\n` } : undefined,
      ),
  },
  update: () => undefined,
  close: () => undefined,
});

export interface Answer {
  readonly status: number;
  readonly body: { readonly [key: string]: unknown };
  readonly text: string;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
}

export interface Lab {
  readonly host: ClusterHost;
  readonly dir: string;
  /** Path of a kubeconfig file. */
  readonly kubeconfig: string;
  readonly requests: readonly LoggedRequest[];
  /** A request as clusterUser, JSON both ways unless `headers` say otherwise. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Lines of an answer that goes on, until `until` says that it was enough. */
  lines(path: string, until: (seen: readonly string[]) => boolean): Promise<readonly string[]>;
  /** Lines of a watch until `until` says that it was enough. */
  watch(path: string, until: (events: readonly WatchEvent[]) => boolean): Promise<readonly WatchEvent[]>;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: {
    readonly kind?: string;
    readonly code?: number;
    readonly metadata: { readonly name?: string; readonly annotations?: Readonly<Record<string, string>> };
  };
}

interface Access {
  readonly port: number;
  readonly ca: string;
  readonly token: string;
  readonly servername: string;
}

/** Reads what a client needs out of a kubeconfig. */
export const accessOf = (kubeconfig: string): Access => {
  const config = parse(kubeconfig) as {
    clusters: [{ cluster: { server: string; 'certificate-authority-data': string; 'tls-server-name': string } }];
    users: [{ user: { token: string } }];
  };
  const { cluster } = config.clusters[0];
  return {
    port: Number(new URL(cluster.server).port),
    ca: Buffer.from(cluster['certificate-authority-data'], 'base64').toString(),
    token: config.users[0].user.token,
    servername: cluster['tls-server-name'],
  };
};

/** A cluster without nodes, until the test ends. Pass the folder of an earlier one to take it up again. */
export const startLab = async (given?: string, fault: FaultOf = () => undefined): Promise<Lab> => {
  const dir = given ?? mkdtempSync(join(tmpdir(), 'aks-ebpf-sentinel-'));
  const requests: LoggedRequest[] = [];
  const host = createClusterHost({
    dir: join(dir, 'clusters'),
    clock: wallClock(200),
    log: (entry) => void requests.push(entry),
    startNodes: noNodes,
    fault,
  });
  onTestFinished(async () => {
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  });
  await host.ensure(labCluster);
  const kubeconfig = join(dir, 'kubeconfig');
  writeFileSync(kubeconfig, host.kubeconfig(labCluster.id, 'clusterUser'), { mode: 0o600 });
  const access = accessOf(readFileSync(kubeconfig, 'utf8'));
  const options = {
    host: '127.0.0.1',
    port: access.port,
    ca: access.ca,
    servername: access.servername,
    headers: { authorization: `Bearer ${access.token}`, accept: 'application/json' },
  };

  const lines: Lab['lines'] = (path, until) =>
    new Promise((resolve, reject) => {
      let text = '';
      const whole = (): readonly string[] => text.split('\n').slice(0, -1);
      const sent = request({ ...options, method: 'GET', path }, (answer) => {
        const finish = (): void => {
          sent.destroy();
          resolve(whole());
        };
        answer.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (until(whole())) finish();
        });
        answer.on('end', finish);
        answer.on('error', () => undefined);
      });
      sent.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? undefined : reject(error)));
      sent.end();
    });

  return {
    host,
    dir,
    kubeconfig,
    requests,
    ask: (method, path, body, headers = {}) =>
      new Promise((resolve, reject) => {
        const payload = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
        const type = payload === undefined ? {} : { 'content-type': 'application/json' };
        const sent = request(
          { ...options, method, path, headers: { ...options.headers, ...type, ...headers } },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on('data', (chunk: Buffer) => chunks.push(chunk));
            answer.on('end', () => {
              const text = Buffer.concat(chunks).toString();
              const isJson = (answer.headers['content-type'] ?? '').startsWith('application/json');
              const parsed = (isJson ? JSON.parse(text) : {}) as Answer['body'];
              resolve({ status: answer.statusCode ?? 0, body: parsed, text, headers: answer.headers });
            });
          },
        );
        sent.on('error', reject);
        sent.end(payload);
      }),
    lines,
    async watch(path, until) {
      const parsed = (seen: readonly string[]): readonly WatchEvent[] =>
        seen.map((line) => JSON.parse(line) as WatchEvent);
      return parsed(await lines(path, (seen) => until(parsed(seen))));
    },
  };
};

export const configMap = (name: string, data: Readonly<Record<string, string>>, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
  data,
});

export const deployment = (name: string, image = 'nginx:1.27', spec: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 80 }] }] },
    },
    ...spec,
  },
});

/** The next request with this method, not to the paths of discovery, meets this fault. */
export const once = (fault: RequestFault, method = 'GET'): FaultOf => {
  let left = 1;
  return (asked, path) =>
    asked === method && !/^\/(api|apis|version|openapi)(\/[^/]+){0,2}$/.test(path) && left-- > 0 ? fault : undefined;
};
