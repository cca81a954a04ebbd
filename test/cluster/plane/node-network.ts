import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type ListenOptions, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { kubeletPort } from './aks-nodes.ts';
import type { Api } from './api.ts';
import { answerLog } from './container-log.ts';
import { podAt, podsWithAddress, targetOf, type PodAnswers, type RawPod } from './pod-answers.ts';

/** The way from the API server to nodes and pods, as konnectivity is on AKS: addresses in a network that is not there. */
export interface NodeNetwork {
  /** What the kubelet asks, over plain HTTP. */
  readonly port: number;
  /** Of the HTTP CONNECT proxy that the API server uses: without TLS it takes no other (1.35.4 panics). */
  readonly socketFile: string;
  /** What to know before anybody may pass. */
  open(api: Api, kubelet: number): void;
  close(): Promise<void>;
}

/** Of macOS, which has the shorter ones. */
const longestSocketPath = 103;

type Listener = NonNullable<ReturnType<NonNullable<PodAnswers['listens']>>>;

/** `answers` are asked from the last to the first; the socket is made in `dir`. */
export const startNodeNetwork = async (dir: string, answers: readonly PodAnswers[]): Promise<NodeNetwork> => {
  const socketFile = join(dir, 'nodes.sock');
  if (Buffer.byteLength(socketFile) > longestSocketPath)
    throw new Error(
      `${socketFile} is longer than a socket's path may be (${longestSocketPath} bytes): use a shorter dir`,
    );
  let ways: { readonly api: Api; readonly kubelet: number } | undefined;
  const sockets = new Set<Duplex>();
  const listeners = new WeakMap<Duplex, Listener>();
  const latestFirst = (): readonly PodAnswers[] => answers.toReversed();

  const listenerOf = (pods: readonly RawPod[], port: number): Listener | undefined => {
    for (const pod of pods.filter(isRunning))
      for (const answer of latestFirst()) {
        const listener = answer.listens?.(targetOf(pod), port);
        if (listener !== undefined) return listener;
      }
    return undefined;
  };

  /** `<address>:<port>` as the API server dials it, `<pod>.<namespace>.pod:<port>` as a port-forward does. */
  const lead = async (target: string, socket: Duplex): Promise<boolean> => {
    if (ways === undefined) return false;
    const colon = target.lastIndexOf(':');
    const [host, port] = [target.slice(0, colon), Number(target.slice(colon + 1))];
    if (port === kubeletPort) {
      await pipe(socket, ways.kubelet);
      return true;
    }
    const [, name, namespace] = /^(.+)\.([^.]+)\.pod$/.exec(host) ?? [];
    const pods =
      name === undefined || namespace === undefined
        ? await podsWithAddress(ways.api, host)
        : await podAt(ways.api, namespace, name).then((pod) => (pod === undefined ? [] : [pod]));
    const listener = listenerOf(pods, port);
    if (listener === undefined) return false;
    listeners.set(socket, listener);
    accept(socket);
    inside.emit('connection', socket);
    return true;
  };

  const inside = createServer((request, response) => {
    void respond(response, async () => {
      const answer = await listeners.get(request.socket)?.(request.url ?? '/');
      const { status, body } = answer ?? { status: 404, body: '404 page not found\n' };
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
    });
  });

  const exec = async (api: Api, path: readonly string[], command: readonly string[]): Promise<Refusal | object> => {
    const [, namespace = '', name = '', container = ''] = path;
    const pod = await podAt(api, namespace, name);
    if (pod === undefined) return { status: 404, message: 'pod does not exist' };
    if (!isContainerRunning(pod, container)) return { status: 500, message: `container not found ("${container}")` };
    for (const answer of latestFirst()) {
      const said = await answer.exec?.(targetOf(pod), container, command);
      if (said !== undefined) return said;
    }
    return { failure: notFound(command[0] ?? '') };
  };

  const backend = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://kubelet');
    const path = url.pathname.slice(1).split('/').map(decodeURIComponent);
    if (ways === undefined) throw new Error('no API server yet');
    switch (path[0] ?? '') {
      case 'exec': {
        const said = await exec(ways.api, path, url.searchParams.getAll('command'));
        if ('message' in said) response.writeHead(said.status).end(said.message);
        else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said));
        return;
      }
      case 'containerLogs': {
        const [, namespace = '', name = '', container = ''] = path;
        const pod = await podAt(ways.api, namespace, name);
        if (pod === undefined) response.writeHead(404).end('pod does not exist');
        else answerLog(pod, container, latestFirst(), url.searchParams, response);
        return;
      }
      default:
        response.writeHead(404).end('404 page not found\n');
    }
  };

  const serve = async (where: ListenOptions): Promise<Server> => {
    const server = createServer((request, response) => void respond(response, () => backend(request, response)));
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {});
    });
    server.on('connect', (request: IncomingMessage, socket: Duplex) => {
      const refuse = (): void => void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      lead(request.url ?? '', socket).then((joined) => {
        if (!joined) refuse();
      }, refuse);
    });
    await new Promise<void>((done, fail) => server.on('error', fail).listen(where, done));
    return server.unref();
  };
  const servers = [await serve({ port: 0, host: '127.0.0.1' }), await serve({ path: socketFile })] as const;
  return {
    port: (servers[0].address() as AddressInfo).port,
    socketFile,
    open: (api, kubelet) => {
      ways = { api, kubelet };
    },
    async close() {
      const closed = servers.map((server) => new Promise((done) => server.close(done)));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
};

interface Refusal {
  readonly status: number;
  readonly message: string;
}

const accept = (socket: Duplex): void => void socket.write('HTTP/1.1 200 Connection established\r\n\r\n');

const pipe = (socket: Duplex, port: number): Promise<void> =>
  new Promise((done, fail) => {
    const far = connect(port, '127.0.0.1');
    far.on('error', fail);
    far.on('connect', () => {
      accept(socket);
      socket.pipe(far).pipe(socket);
      done();
    });
    far.on('close', () => socket.destroy());
    socket.on('close', () => far.destroy());
  });

const respond = async (response: ServerResponse, act: () => Promise<void>): Promise<void> => {
  try {
    await act();
  } catch (error) {
    if (response.headersSent) response.destroy();
    else response.writeHead(500).end(error instanceof Error ? error.message : String(error));
  }
};

const isRunning = (pod: RawPod): boolean =>
  pod.metadata.deletionTimestamp === undefined && pod.status.phase === 'Running';

const isContainerRunning = (pod: RawPod, container: string): boolean =>
  pod.status.containerStatuses?.some(({ name, state }) => name === container && state?.running !== undefined) ?? false;

/** containerd's own words. */
const notFound = (program: string): string =>
  `failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown`;
