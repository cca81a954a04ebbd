import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { serveDistribution } from './distribution.ts';
import { repository, sha256, type ChartFile, type Repository } from './oci-store.ts';
import { packChart } from './pack.ts';
import { standinFolder } from './standin-folder.ts';

export interface RegistryOptions {
  /** Folder with the real charts (`--charts DIR`); they must be there and have the pinned digests. */
  readonly charts?: string | undefined;
  /** The user's cache folder of this tool: its folder `charts` may hold the real ones. */
  readonly cacheDir: string;
}

export interface ServedChart {
  /** Path of the repository in the registry, for `oci://localhost:PORT/<repository>`. */
  readonly repository: string;
  readonly version: string;
  /** sha256 of the .tgz, in hex. */
  readonly sha256: string;
}

export interface Registry {
  /** Answers a request under /v2. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  readonly charts: { readonly cilium: ServedChart; readonly tetragon: ServedChart };
  /** Names of the charts that are stand-ins. */
  readonly standins: readonly string[];
  /** Lines that a run prints before it starts. */
  readonly notes: readonly string[];
}

interface RealChart {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

// The sandbox knows nothing of the product: which charts are real is written here once more.
const real: { readonly cilium: RealChart; readonly tetragon: RealChart } = {
  cilium: {
    name: 'cilium',
    version: '1.20.0',
    sha256: 'c5f013912360d1a334f44ef25f36da59ba3414cdb48f466ee12d0c4fdff27883',
    metadata: { apiVersion: 'v2', name: 'cilium', version: '1.20.0', appVersion: '1.20.0', kubeVersion: '>= 1.21.0-0' },
  },
  tetragon: {
    name: 'tetragon',
    version: '1.7.0',
    sha256: '2d142ecff37a05bc2efab4c3f90cac2a545e8951d845fd15d023e1cbc31685f5',
    metadata: { apiVersion: 'v2', name: 'tetragon', version: '1.7.0', appVersion: '1.7.0' },
  },
};

/**
 * A small OCI registry: the real charts where their exact files are at hand, else stand-ins of ours under versions that say so.
 * Throws one sentence where `charts` names a folder whose files are missing or not the pinned ones.
 */
export async function createRegistry(options: RegistryOptions): Promise<Registry> {
  const [cilium, tetragon] = [await served(real.cilium, options), await served(real.tetragon, options)];
  const repositories = new Map<string, Repository>([
    [cilium.chart.repository, repository([cilium.file])],
    [tetragon.chart.repository, repository([tetragon.file])],
  ]);
  const standins = [cilium, tetragon]
    .filter(({ standin }) => standin)
    .map(({ chart }) => `${chart.repository.slice('charts/'.length)} ${chart.version}`);
  return {
    handle: (request, response) => serveDistribution(repositories, request, response),
    charts: { cilium: cilium.chart, tetragon: tetragon.chart },
    standins: [cilium, tetragon]
      .filter(({ standin }) => standin)
      .map(({ chart }) => chart.repository.slice('charts/'.length)),
    notes:
      standins.length === 0
        ? []
        : [
            `The charts ${standins.join(' and ')} are stand-ins of this sandbox, not the upstream ones: they make the same objects. Give the real ones with sandbox start --charts DIR.`,
          ],
  };
}

async function served(
  wanted: RealChart,
  options: RegistryOptions,
): Promise<{ chart: ServedChart; file: ChartFile; standin: boolean }> {
  const tgz = await realFile(wanted, options);
  const file =
    tgz === undefined ? await standin(wanted.name) : { metadata: wanted.metadata, version: wanted.version, tgz };
  const chart = { repository: `charts/${wanted.name}`, version: file.version, sha256: sha256(file.tgz) };
  return { chart, file, standin: tgz === undefined };
}

async function realFile(wanted: RealChart, { charts, cacheDir }: RegistryOptions): Promise<Buffer | undefined> {
  const name = `${wanted.name}-${wanted.version}.tgz`;
  if (charts !== undefined) {
    const path = join(charts, name);
    const bytes = await readIfThere(path);
    if (bytes === undefined) throw new Error(`--charts ${charts} holds no ${name}.`);
    const digest = sha256(bytes);
    if (digest !== wanted.sha256)
      throw new Error(`${path} has sha256 ${digest}, not ${wanted.sha256} of the upstream chart: fetch it again.`);
    return bytes;
  }
  for (const file of [`${wanted.sha256}.tgz`, name]) {
    const bytes = await readIfThere(join(cacheDir, 'charts', file));
    if (bytes !== undefined && sha256(bytes) === wanted.sha256) return bytes;
  }
  return undefined;
}

async function standin(name: string): Promise<ChartFile> {
  const folder = join(standinFolder(), name);
  const { parse } = await import('yaml');
  const metadata = parse(await readFile(join(folder, 'Chart.yaml'), 'utf8')) as Record<string, unknown>;
  return { metadata, version: String(metadata['version']), tgz: await packChart(folder, name) };
}

const readIfThere = (path: string): Promise<Buffer | undefined> =>
  readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });

/** The charts as a cloud profile names them, for a registry that listens on `host` (`localhost:PORT`). */
export function profileCharts(
  registry: Registry,
  host: string,
): Record<'cilium' | 'tetragon', { reference: string; version: string; sha256: string }> {
  const pin = ({
    repository: path,
    version,
    sha256: digest,
  }: ServedChart): { reference: string; version: string; sha256: string } => ({
    reference: `oci://${host}/${path}`,
    version,
    sha256: digest,
  });
  return { cilium: pin(registry.charts.cilium), tetragon: pin(registry.charts.tetragon) };
}
