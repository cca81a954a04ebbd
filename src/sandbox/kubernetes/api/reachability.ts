import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Troubles } from '../troubles.ts';

const retryMs = 100;

/**
 * Closes the port of an API server, and every connection to it, for as long as nobody is to reach it: clients are refused as by a
 * machine where nothing listens yet. Returns a function that ends it.
 */
export const followReachability = (
  server: Server,
  port: number,
  sockets: ReadonlySet<Socket>,
  troubles: Troubles,
): (() => void) => {
  let ended = false;
  let retry: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (ended) return;
    clearTimeout(retry);
    const wanted = !troubles.unreachable();
    if (wanted && !server.listening) {
      // Somebody may have taken the port meanwhile, or the server is still closing it: it is asked for again.
      server.once('error', again);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', again);
        look();
      });
    } else if (!wanted && server.listening) {
      server.close();
      for (const socket of sockets) socket.destroy();
    }
  };
  const again = (): void => {
    retry = setTimeout(look, retryMs);
  };
  const unsubscribe = troubles.subscribe(look);
  look();
  return () => {
    ended = true;
    clearTimeout(retry);
    unsubscribe();
  };
};
