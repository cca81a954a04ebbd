import { onTestFinished } from 'vitest';
import { listenForHelm } from '../../src/sandbox/registry/listen.ts';
import {
  createRegistry,
  profileCharts,
  type Registry,
  type RegistryOptions,
} from '../../src/sandbox/registry/registry.ts';
import { serverIdentity } from '../../src/sandbox/server/certificates.ts';

export interface RunningRegistry {
  readonly registry: Registry;
  readonly pins: ReturnType<typeof profileCharts>;
  readonly host: string;
  readonly caFile: string;
}

/** The sandbox's registry on a free port of loopback, with a CA in `folder`, until the test ends. */
export async function runRegistry(folder: string, options: Partial<RegistryOptions> = {}): Promise<RunningRegistry> {
  const registry = await createRegistry({ cacheDir: folder, ...options });
  const { caFile, server } = await serverIdentity(folder, [], Date.now());
  const listener = await listenForHelm({ port: 0, identity: server, handle: registry.handle });
  onTestFinished(() => listener.close());
  return { registry, pins: profileCharts(registry, listener.host), host: listener.host, caFile };
}
