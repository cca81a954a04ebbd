import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { checkAccess } from './access.ts';
import type { KubeObject } from '../objects.ts';
import { ApiError, badRequest, noSuchPath } from './api-error.ts';
import { listAt, textAt, valueAt } from './json.ts';
import { parsePath } from './path.ts';
import type { ApiRequest } from './request.ts';
import { containerOf, readyPod } from './pod-target.ts';
import type { SpecialContext } from './special.ts';

const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** Output of one frame; kubectl reads frames of any size, real kubelets send what a read gave them. */
const frame = 32 * 1024;

/**
 * Upgrades `pods/x/exec` to a WebSocket of channels: 1 is stdout, 2 stderr, 3 the closing Status. Standard input is read and dropped:
 * no program here waits for it. Other protocols (SPDY) get a 400, after which kubectl says that it cannot upgrade.
 */
export const execUpgrade = async (
  context: SpecialContext,
  request: ApiRequest,
  raw: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<number> => {
  const target = parsePath(request.path);
  if (target.kind === 'other' || target.plural !== 'pods' || target.name === undefined || target.subresource !== 'exec')
    throw noSuchPath();
  checkAccess(context.store, { ...request, method: 'POST' }, target);
  const pod = readyPod(context.store, target.namespace, target.name);
  const container = containerOf(pod, request.query.get('container'));
  const command = request.query.getAll('command');
  if (command.length === 0) throw badRequest('you must specify at least one command for the container');
  // Clients whose WebSocket was refused ask again by SPDY and show that answer, so what is wrong with the pod comes first.
  if (!isRunning(pod, container)) {
    throw new ApiError(500, 'InternalError', `unable to upgrade connection: container not found ("${container}")`, {});
  }
  if ((raw.headers.upgrade ?? '').toLowerCase() !== 'websocket')
    throw badRequest('unable to upgrade: only WebSocket streaming is supported here');
  const offered = (raw.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const protocol = protocols.find((name) => offered.includes(name));
  if (protocol === undefined)
    throw badRequest(
      `unable to upgrade: none of the protocols ${offered.join(', ')} is known here; ${protocols.join(' and ')} are`,
    );

  const { WebSocketServer } = await import('ws');
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => protocol });
  server.handleUpgrade(raw, socket, head, (client) => {
    client.on('error', () => client.terminate());
    const send = (channel: number, text: string): void => {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += frame)
        client.send(Buffer.concat([Buffer.from([channel]), bytes.subarray(at, at + frame)]));
    };
    void context
      .kubelet()
      .exec(pod, container, command)
      .then(
        ({ stdout, stderr, exitCode }) => {
          if (request.query.get('stdout') !== 'false') send(1, stdout);
          if (request.query.get('stderr') !== 'false') send(2, stderr);
          send(3, JSON.stringify(exitStatus(exitCode)));
        },
        (error: unknown) =>
          send(
            3,
            JSON.stringify({
              metadata: {},
              status: 'Failure',
              message: error instanceof Error ? error.message : String(error),
              reason: 'InternalError',
              code: 500,
            }),
          ),
      )
      .finally(() => client.close(1000));
  });
  return 101;
};

const isRunning = (pod: KubeObject, container: string): boolean =>
  ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']
    .flatMap((list) => listAt(pod, 'status', list))
    .some((status) => textAt(status, 'name') === container && valueAt(status, 'state', 'running') !== undefined);

const exitStatus = (code: number): object =>
  code === 0
    ? { metadata: {}, status: 'Success' }
    : {
        metadata: {},
        status: 'Failure',
        message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
      };
