import type { Handler } from './server/http.ts';
import type { KeyPair } from './server/certificates.ts';
import { listen } from './server/listener.ts';
import type { Listener } from './server/listener.ts';
import type { Store } from './store.ts';

/**
 * Listens on the port that a service had before, so that URLs in clients' hands stay good over a restart; on a free one where that
 * is taken. A port that was asked for by number is taken or the start fails.
 */
export const listenAgain = async (options: {
  readonly name: string;
  readonly store: Store;
  readonly asked: number | undefined;
  readonly identity: KeyPair;
  readonly handler: Handler;
  readonly onCrash: (error: unknown) => void;
}): Promise<Listener> => {
  const ports = options.store.collection<number>('port');
  const before = ports.get(options.name);
  const wanted = options.asked ?? before ?? 0;
  const { identity, handler, onCrash } = options;
  let listener: Listener;
  try {
    listener = await listen({ port: wanted, identity, handler, onCrash });
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!taken || options.asked !== undefined) throw error;
    listener = await listen({ port: 0, identity, handler, onCrash });
  }
  ports.set(options.name, listener.port);
  return listener;
};
