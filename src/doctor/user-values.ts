import { rm } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { checkUserKeys, inFile, readUserValues } from '../helm/user-values.ts';
import { ciliumValues, tetragonValues, type Values, writeValues } from '../helm/values.ts';
import { systemNamespace, valuesFolderOf } from '../steps/helm-release.ts';
import type { Services } from '../steps/services.ts';

type Looks = Pick<Services, 'config' | 'helm' | 'charts' | 'assets' | 'stateDir'>;

/** Stands for the API server of a cluster that does not exist yet; nothing is asked of it. */
const anyHost = 'api-server.invalid';

/**
 * What the user's own Helm values would break, before anything is made: keys that the chart does not read, and with `render` what its
 * schema and its templates refuse. A cluster that exists may serve what a template asks for: there only helm on the spot knows.
 */
export const checkUserValues = async (
  services: Looks,
  { render }: { readonly render: boolean },
  warn: (code: string, message: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  for (const name of ['cilium', 'tetragon'] as const) {
    const { chart: reference, version, sha256, values: file } = services.config[name];
    if (file === undefined) continue;
    await readUserValues(file);
    const { path: tgz } = await services.charts.fetch({ name, reference, version, sha256 }, signal);
    for (const message of await checkUserKeys({ file, chart: { name, version }, tgz })) warn('values-unknown', message);
    if (render) await rendered(services, name, tgz, file, signal);
  }
};

const rendered = async (
  { config, helm, assets, stateDir }: Looks,
  name: 'cilium' | 'tetragon',
  chart: string,
  file: string,
  signal: AbortSignal,
): Promise<void> => {
  const valuesFile = await writeValues(stateDir, name, await wholeValues(config, name, valuesFolderOf(assets)));
  try {
    await helm.template({ release: name, namespace: systemNamespace, chart, valuesFiles: [valuesFile], signal });
  } catch (error) {
    throw inFile(error, file);
  } finally {
    await rm(valuesFile, { force: true });
  }
};

const wholeValues = async (config: Config, name: 'cilium' | 'tetragon', folder: string): Promise<Values> => {
  const { cluster, logs } = config;
  const extra = await readUserValues(config[name].values);
  if (name === 'tetragon') return tetragonValues({ clusterName: cluster.name, extra }, folder);
  const nodeCount = cluster.systemPool.count + cluster.workloadPool.count;
  const { podCidr, name: clusterName } = cluster;
  return ciliumValues({ clusterName, fqdn: anyHost, podCidr, nodeCount, flows: logs.flows, extra }, folder);
};
