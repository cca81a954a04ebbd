// `node scripts/what-moved-on.ts [-o json] [--fail]`: which packages, api-versions, charts and Kubernetes versions that we hold on to have
// newer ones by now. Changes nothing; exit 1 only with --fail, where something moved on. What cannot be asked is said, and no failure.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { API_VERSIONS } from '../src/azure/api-versions.ts';
import { KNOWN_CLUSTER_API_VERSIONS } from '../src/azure/cluster-api-version.ts';
import { type ChartName, pinnedReference, pinnedVersions } from '../src/config/pins.ts';
import { kubernetesVersions } from '../src/sandbox/arm/clusters/kubernetes-versions.ts';
import {
  apiVersionsIn,
  type Held,
  heldApiVersion,
  heldPackages,
  heldVersion,
  newestRelease,
  tableOf,
} from './moved-on.ts';

const root = resolve(import.meta.dirname, '..');
const run = promisify(execFile);

const { values } = parseArgs({
  options: { output: { type: 'string', short: 'o', default: 'table' }, fail: { type: 'boolean', default: false } },
});
if (values.output !== 'table' && values.output !== 'json')
  throw new Error(`-o is "${values.output}", but it must be table or json.`);

/** `npm outdated` exits 1 where it has something to say; without a registry it says nothing that is JSON. */
const outdated = async (): Promise<Parameters<typeof heldPackages>[1]> => {
  const said = await run('npm', ['outdated', '--json'], { cwd: root }).catch((error: { stdout?: string }) => error);
  try {
    const parsed = JSON.parse(said.stdout ?? '') as Readonly<Record<string, { latest: string }>> & { error?: unknown };
    return parsed.error === undefined ? parsed : undefined;
  } catch {
    return undefined;
  }
};

/** The newest SDK that speaks of a provider's resources. */
const sdks: Readonly<Record<string, string>> = {
  'Microsoft.Authorization': '@azure/arm-locks',
  'Microsoft.Compute': '@azure/arm-compute',
  'Microsoft.ContainerService': '@azure/arm-containerservice',
  'Microsoft.Features': '@azure/arm-features',
  'Microsoft.Insights': '@azure/arm-monitor',
  'Microsoft.SecurityInsights': '@azure/arm-securityinsight',
};

interface Sdk {
  readonly version: string;
  readonly sources: ReadonlyMap<string, string>;
}

/** The JavaScript of a package's newest version, through npm; undefined where no registry answers. */
const sdkOf = async (name: string): Promise<Sdk | undefined> => {
  const folder = mkdtempSync(join(tmpdir(), 'what-moved-on-'));
  try {
    const versions = JSON.parse((await run('npm', ['view', name, 'versions', '--json'])).stdout) as string[] | string;
    const version = newestRelease([versions].flat()) ?? [versions].flat().at(-1) ?? 'latest';
    const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder, `${name}@${version}`]);
    await run('tar', ['-xzf', join(folder, stdout.trim()), '-C', folder]);
    const files = readdirSync(join(folder, 'package'), { recursive: true, encoding: 'utf8' });
    const wanted = files.filter((file) => /(?:^|\/)(?:dist-esm|esm)\/.*\.js$/u.test(file));
    const sources = new Map(wanted.map((file) => [`/${file}`, readFileSync(join(folder, 'package', file), 'utf8')]));
    return { version, sources };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const apiVersions = async (): Promise<readonly Held[]> => {
  const pinned = [
    ...Object.entries(API_VERSIONS),
    ...KNOWN_CLUSTER_API_VERSIONS.map((version) => ['Microsoft.ContainerService/managedClusters', version] as const),
  ];
  const loaded = new Map<string, Promise<Sdk | undefined>>();
  return Promise.all(
    pinned.map(async ([type, ours]) => {
      const name = sdks[type.split('/')[0] ?? ''] ?? '';
      const asked = loaded.get(name) ?? sdkOf(name);
      loaded.set(name, asked);
      const sdk = await asked;
      const inSdk = sdk === undefined ? undefined : apiVersionsIn(sdk.sources, type);
      return heldApiVersion(type, ours, inSdk, sdk === undefined ? name : `${name} ${sdk.version}`);
    }),
  );
};

const fetched = async (url: string): Promise<string | undefined> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
};

const charts = (): Promise<readonly Held[]> =>
  Promise.all(
    (['cilium', 'tetragon'] satisfies readonly ChartName[]).map(async (name) => {
      const [host = '', ...path] = pinnedReference(name).replace('oci://', '').split('/');
      const text = await fetched(`https://${host}/v2/${path.join('/')}/tags/list?n=1000`);
      const tags = text === undefined ? undefined : (JSON.parse(text) as { tags?: readonly string[] }).tags;
      return heldVersion('chart', name, pinnedVersions(name)[0] ?? '', newestRelease(tags ?? []), host);
    }),
  );

const kubernetes = async (): Promise<Held> => {
  const ours = newestRelease(kubernetesVersions.flatMap(({ patches }) => patches)) ?? '';
  const newest = await fetched('https://dl.k8s.io/release/stable.txt');
  return heldVersion('kubernetes', "newest of the sandbox's AKS", ours, newest?.trim().replace(/^v/u, ''), 'dl.k8s.io');
};

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Readonly<
  Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>
>;
const [packages, ...others] = await Promise.all([outdated(), apiVersions(), charts(), kubernetes()]);
const all = [...heldPackages({ ...manifest.dependencies, ...manifest.devDependencies }, packages), ...others.flat()];
console.log(values.output === 'json' ? JSON.stringify(all, undefined, 2) : tableOf(all));
if (values.fail && all.some(({ state }) => state === 'moved on')) process.exitCode = 1;
