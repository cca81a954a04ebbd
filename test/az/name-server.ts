import { appendFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';

// The only name server of a namespace without a way out: knows no name, and writes down each that it is asked for.

const file = process.argv[2] ?? '';

/** The name in the question of a DNS message, which begins after twelve bytes of header. */
const nameIn = (message: Buffer): string => {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return labels.join('.');
};

const socket = createSocket('udp4');
socket.on('message', (message, from) => {
  appendFileSync(file, `${nameIn(message)}\n`);
  const answer = Buffer.from(message);
  // A response that was recursed for, and "no such name"; the question goes back as it came.
  answer.writeUInt16BE(0x81_83, 2);
  socket.send(answer, from.port, from.address);
});
socket.bind(53, '127.0.0.1', () => process.stdout.write('ready\n'));
