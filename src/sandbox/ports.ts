import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotServe } from './cannot-serve.ts';
import type { Handler } from './server/http.ts';
import type { KeyPair } from './server/certificates.ts';
import { listen } from './server/listener.ts';
import type { Listener } from './server/listener.ts';
import type { Store } from './store.ts';

/** Below the range from which kernels take ports for outgoing connections: there a port is still free after a restart. */
const [lowest, highest] = [20_000, 32_000];

/**
 * Listens on the port that a service had before, so that URLs in clients' hands stay good over a restart; on another one where that
 * stays taken. A port that was asked for by number is taken or the start fails.
 */
export const listenAgain = async (options: {
  readonly name: string;
  readonly store: Store;
  readonly asked: number | undefined;
  readonly identity: KeyPair;
  readonly handler: Handler;
  readonly onCrash: (error: unknown) => void;
}): Promise<Listener> => {
  const { name, asked, identity, handler, onCrash } = options;
  const ports = options.store.collection<number>('port');
  const before = asked ?? ports.get(name);
  const again = before === undefined ? [] : [before, before, before];
  const others = asked === undefined ? Array.from({ length: 20 }, () => randomInt(lowest, highest)) : [];
  let last: unknown;
  for (const port of [...again, ...others]) {
    try {
      const listener = await listen({ port, identity, handler, onCrash });
      ports.set(name, listener.port);
      return listener;
    } catch (error) {
      if (codeOf(error) === 'EACCES')
        throw new CannotServe(`Port ${port}, wanted for ${name}, may not be taken by this user.`, error);
      if (codeOf(error) !== 'EADDRINUSE') throw error;
      last = error;
      // Whoever served before may still be letting go of it.
      if (port === before) await sleep(200);
    }
  }
  throw asked === undefined
    ? last
    : new CannotServe(`Port ${asked}, wanted for ${name}, is taken: name another with --port, or leave it out.`, last);
};

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
