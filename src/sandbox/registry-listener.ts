import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { KeyPair } from './server/certificates.ts';
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
  /** A real cluster runs what it is given: a chart of ours with stand-ins for images is of no use to it. */
  readonly realOnly: boolean;
}): Promise<ServedRegistry> => {
  const registry = await createRegistry({ charts: options.charts, cacheDir: options.cacheDir });
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('finish', () => {
      options.log.add({
        service: 'registry',
        client: request.headers['user-agent'] ?? '',
        method: request.method ?? 'GET',
        path: request.url ?? '/',
        status: response.statusCode,
      });
    });
    registry.handle(request, response);
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
