import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { KeyPair } from './server/certificates.ts';
import { diesAt, strikeAfterReply, type MeetKill } from './server/kill-point.ts';
import type { RequestLog } from './server/request-log.ts';
import { listenForHelm } from './registry/listen.ts';
import { createRegistry, profileCharts } from './registry/registry.ts';
import type { Store } from './store.ts';

export interface ServedRegistry {
  /** Charts as the cloud profile names them. */
  readonly charts: Partial<ReturnType<typeof profileCharts>>;
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** The chart registry on its own port, every request in the log. */
export const serveRegistry = async (options: {
  readonly charts: string | undefined;
  readonly cacheDir: string;
  readonly identity: KeyPair;
  readonly store: Store;
  readonly log: RequestLog;
  readonly meet: MeetKill;
  /** A real cluster runs what it is given: a chart of ours with stand-ins for images is of no use to it. */
  readonly realOnly: boolean;
}): Promise<ServedRegistry> => {
  const registry = await createRegistry({ charts: options.charts, cacheDir: options.cacheDir });
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = 'GET', url: path = '/' } = request;
    const note = (status: number | 'reset'): void => {
      const client = request.headers['user-agent'] ?? '';
      options.log.add({ service: 'registry', client, method, path, status });
    };
    const point = options.meet({ service: 'registry', method, path });
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const serve = async (): Promise<void> => {
      // What a registry is asked changes nothing: before it is done and before it is answered are one moment.
      const died = await diesAt('before-apply', point, gone.signal);
      if (died || (await diesAt('after-apply', point, gone.signal))) {
        note('reset');
        request.destroy();
        return;
      }
      response.on('finish', () => {
        note(response.statusCode);
        strikeAfterReply(point);
      });
      registry.handle(request, response);
    };
    void serve();
  };
  const ports = options.store.collection<number>('port');
  const at = (port: number) => listenForHelm({ port, identity: options.identity, handle });
  const listener = await at(ports.get('registry') ?? 0).catch(() => at(0));
  ports.set('registry', listener.port);
  const close = (): Promise<void> => listener.close();
  const charts = profileCharts(registry, listener.host);
  if (!options.realOnly) return { charts, notes: registry.notes, close };
  const real = Object.entries(charts).filter(([name]) => !registry.standins.includes(name));
  return { charts: Object.fromEntries(real), notes: [], close };
};

/** Where this tool caches charts: `$XDG_CACHE_HOME/aks-ebpf-sentinel`, else under ~/.cache. */
export const defaultCacheDir = (env: Readonly<Record<string, string | undefined>>, home: string): string =>
  join(env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'aks-ebpf-sentinel');
