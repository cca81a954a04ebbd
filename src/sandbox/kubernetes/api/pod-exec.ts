import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { KubeObject } from '../objects.ts';
import { checkAccess } from './access.ts';
import { methodNotAllowed, noSuchPath } from './api-error.ts';
import { listAt, textAt, valueAt } from './json.ts';
import { parsePath } from './path.ts';
import { followAttached } from './pod-attach.ts';
import {
  flag,
  internal,
  needWebSocket,
  offered,
  openChannels,
  refuse,
  succeeded,
  type Channels,
  type Upgrade,
} from './pod-channels.ts';
import { forwardPorts } from './pod-forward.ts';
import { containerOf, hostedPod } from './pod-target.ts';
import type { ApiRequest } from './request.ts';
import type { SpecialContext } from './special.ts';

/** Of the API server itself, which tells failures in the streams; the other is the kubelet's, which refuses by a status. */
const translated = 'v5.channel.k8s.io';
const kubelets = 'v4.channel.k8s.io';

/** Upgrades `pods/x/exec`, `attach` and `portforward` to a WebSocket of channels; gives the status that it answered. */
export const execUpgrade = async (
  context: SpecialContext,
  request: ApiRequest,
  raw: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<number> => {
  const target = parsePath(request.path);
  if (target.kind === 'other' || target.plural !== 'pods' || target.name === undefined) throw noSuchPath();
  if (request.method !== 'GET' && request.method !== 'POST') throw methodNotAllowed();
  checkAccess(context.store, { ...request, method: 'POST' }, target);
  const upgrade = { raw, socket, head };
  const { query } = request;
  switch (target.subresource) {
    case 'portforward':
      return forwardPorts(context, query, target.namespace, target.name, upgrade);
    case 'exec':
    case 'attach': {
      const { pod, container } = streamTarget(context, query, target.namespace, target.name);
      const asked: Asked = { context, query, pod, container };
      return streams(asked, upgrade, target.subresource === 'exec' ? run : followAttached);
    }
    case undefined:
    default:
      throw noSuchPath();
  }
};

/** What a kubelet is asked to stream. */
export interface Asked {
  readonly context: SpecialContext;
  readonly query: URLSearchParams;
  readonly pod: KubeObject;
  readonly container: string;
}

/** Throws what the API server refuses before it asks any kubelet. */
export const streamTarget = (
  { store }: SpecialContext,
  query: URLSearchParams,
  namespace: string | undefined,
  name: string,
): { readonly pod: KubeObject; readonly container: string } => {
  const pod = hostedPod(store, namespace, name, (found) => void containerOf(found, query.get('container')));
  return { pod, container: containerOf(pod, query.get('container')) };
};

const streams = (asked: Asked, upgrade: Upgrade, act: (asked: Asked, channels: Channels) => void): Promise<number> => {
  const { query, pod, container } = asked;
  const none = !['stdin', 'stdout', 'stderr'].some((name) => flag(query, name));
  const refusal = none
    ? ({ status: 400, why: 'you must specify at least 1 of stdin, stdout, stderr' } as const)
    : isRunning(pod, container)
      ? undefined
      : ({ status: 500, why: `container not found ("${container}")` } as const);
  const names = offered(upgrade);
  if (names.includes(translated))
    return openChannels(upgrade, translated, (channels) => {
      if (refusal === undefined) act(asked, channels);
      else channels.end(internal(`unable to upgrade connection: ${refusal.why}`));
    });
  if (refusal !== undefined) return Promise.resolve(refuse(upgrade, refusal.status, refusal.why));
  needWebSocket(upgrade);
  if (!names.includes(kubelets)) return Promise.resolve(refuse(upgrade, 403, ''));
  return openChannels(upgrade, kubelets, (channels) => act(asked, channels));
};

/** Runs a command. Standard input is read and dropped: no program here waits for it. */
const run = ({ context, query, pod, container }: Asked, { client, send, end }: Channels): void => {
  const terminal = flag(query, 'tty');
  void context
    .kubelet()
    .exec(pod, container, query.getAll('command'))
    .then(
      ({ stdout, stderr, exitCode }) => {
        if (flag(query, 'stdout')) send(1, terminal ? `${stdout}${stderr}` : stdout);
        // A terminal has one stream for both.
        if (flag(query, 'stderr') && !terminal) send(2, stderr);
        end(exitStatus(exitCode));
      },
      (error: unknown) => {
        const why = `error executing command in container: ${error instanceof Error ? error.message : String(error)}`;
        // Whoever translates takes the kubelet's status for an error of its own.
        end(client.protocol === translated ? internal(internal(why).message) : internal(why));
      },
    );
};

const isRunning = (pod: KubeObject, container: string): boolean =>
  ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']
    .flatMap((list) => listAt(pod, 'status', list))
    .some((status) => textAt(status, 'name') === container && valueAt(status, 'state', 'running') !== undefined);

const exitStatus = (code: number): object =>
  code === 0
    ? succeeded
    : {
        metadata: {},
        status: 'Failure',
        message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
      };
