import { createServer } from 'node:http';
import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { KubeObject } from '../objects.ts';
import { badRequest } from './api-error.ts';
import { needWebSocket, offered, openChannels, refuse, type Channels, type Upgrade } from './pod-channels.ts';
import { hostedPod } from './pod-target.ts';
import type { SpecialContext } from './special.ts';

/** A kubelet's own protocol: of each port one channel of data and one of errors, both beginning with the port's number. */
const protocol = 'v4.channel.k8s.io';

/** Upgrades `pods/x/portforward?ports=…`; what listens at a port here speaks HTTP. */
export const forwardPorts = async (
  context: SpecialContext,
  query: URLSearchParams,
  namespace: string | undefined,
  name: string,
  upgrade: Upgrade,
): Promise<number> => {
  const asked = query.getAll('ports');
  for (const port of asked)
    if (!/^\d+$/.test(port))
      throw badRequest(`cannot convert to []int32: strconv.ParseUint: parsing ${JSON.stringify(port)}: invalid syntax`);
  const pod = hostedPod(context.store, namespace, name);
  needWebSocket(upgrade);
  if (asked.length === 0) return refuse(upgrade, 400, 'query parameter "port" is required\n');
  const zero = asked.find((port) => Number(port) === 0);
  if (zero !== undefined) return refuse(upgrade, 400, `port ${JSON.stringify(zero)} must be > 0\n`);
  if (!offered(upgrade).includes(protocol)) return refuse(upgrade, 403, '');
  return openChannels(upgrade, protocol, (channels) => {
    for (const [index, port] of asked.entries()) void join(context, pod, Number(port), channels, index * 2);
  });
};

const join = async (
  context: SpecialContext,
  pod: KubeObject,
  port: number,
  { client, send }: Channels,
  channel: number,
): Promise<void> => {
  const number = Buffer.alloc(2);
  number.writeUInt16LE(port);
  send(channel, number);
  send(channel + 1, number);
  if ((await context.kubelet().http(pod, port, '/')) === undefined) {
    const { name } = pod.metadata;
    const why = `failed to connect to localhost:${port} inside the pod: connection refused`;
    send(channel + 1, `error forwarding port ${port} to pod ${name}, uid : ${why}`);
    return;
  }
  const server = createServer((request, response) => {
    void context
      .kubelet()
      .http(pod, port, request.url ?? '/')
      .then((answer) => {
        if (answer === undefined) response.destroy();
        else response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
      });
  });
  server.emit('connection', throughChannel(client, channel, send));
};

/** A connection made of the data of one channel. */
const throughChannel = (client: WebSocket, channel: number, send: Channels['send']): Duplex => {
  const connection = new Duplex({
    read: () => {},
    write(chunk: Buffer, _encoding, done) {
      if (client.readyState === client.OPEN) send(channel, chunk);
      done();
    },
  });
  client.on('message', (data: Buffer) => {
    if (data[0] === channel) connection.push(data.subarray(1));
  });
  client.on('close', () => connection.destroy());
  return connection;
};
