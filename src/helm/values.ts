import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../errors/problem.ts';
import { podMaskSize } from './pod-cidr.ts';
import { valuesFolder } from './values-folder.ts';

export type Values = Readonly<Record<string, unknown>>;

/** What Cilium must know of the cluster it is installed on. */
export interface CiliumCluster {
  /** AKS name of the cluster; Cilium's own form of it is derived. */
  readonly clusterName: string;
  /** The API server's host as ARM reports it (`fqdn`, or `privateFQDN` of a private cluster): no scheme, no port. */
  readonly fqdn: string;
  /** Where it listens; AKS's 443 unless said. */
  readonly port?: number;
  /** IPv4 CIDR of the pods, as AKS has it. */
  readonly podCidr: string;
  readonly nodeCount: number;
  /** Export Hubble's flows to the agent's stdout. */
  readonly flows: boolean;
  /** The user's own values, merged last. */
  readonly extra?: Values;
}

/** charts-values/cilium.yaml for this cluster: what is passed to helm, whole. Throws Problem `usage` for values that cannot work. */
export async function ciliumValues(cluster: CiliumCluster, folder: string = valuesFolder()): Promise<Values> {
  const { fqdn, port = 443, podCidr, nodeCount, flows, clusterName, extra = {} } = cluster;
  if (!/^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/.test(fqdn)) {
    // The chart copies it into KUBERNETES_SERVICE_HOST as it is, and the agent builds https://[https://…]:443 from a URL.
    throw new Problem(
      `The API server host ${fqdn} is not a bare host name, for example lab-1a2b3c4d.hcp.uksouth.azmk8s.io.`,
      {
        kind: 'usage',
        code: 'api-server-host',
        hint: 'Pass it without scheme and port.',
      },
    );
  }
  const computed = {
    cluster: { name: ciliumClusterName(clusterName), id: 0 },
    k8sServiceHost: fqdn,
    k8sServicePort: port,
    // The chart's default 10.0.0.0/8 overlaps AKS's service CIDR, which breaks the cluster utterly.
    ipam: {
      operator: { clusterPoolIPv4PodCIDRList: [podCidr], clusterPoolIPv4MaskSize: podMaskSize(podCidr, nodeCount) },
    },
    // Two operators must not share a node: on a single one the second would stay Pending for ever.
    operator: { replicas: nodeCount > 1 ? 2 : 1 },
  };
  const files = [await load(folder, 'cilium.yaml'), flows ? await load(folder, 'cilium-flows.yaml') : {}];
  return [...files, computed, extra].reduce(merge, {});
}

export interface TetragonCluster {
  /** Stands in every event as cluster_name. */
  readonly clusterName: string;
  readonly extra?: Values;
}

/** charts-values/tetragon.yaml for this cluster. */
export async function tetragonValues(
  { clusterName, extra = {} }: TetragonCluster,
  folder: string = valuesFolder(),
): Promise<Values> {
  return [await load(folder, 'tetragon.yaml'), { tetragon: { clusterName } }, extra].reduce(merge, {});
}

/** Writes values for `helm --values`; mode 0600, since extra values can hold secrets. Returns the path. */
export async function writeValues(stateDir: string, release: string, values: Values): Promise<string> {
  const file = join(stateDir, `values-${release}.yaml`);
  const { stringify } = await import('yaml');
  await writeFile(file, stringify(values), { mode: 0o600 });
  return file;
}

/** Cilium wants at most 32 lower-case letters, digits and hyphens; AKS names can be longer and have capitals and underscores. */
export function ciliumClusterName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .slice(0, 32)
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'aks' : plain;
}

/** Merges as helm merges several --values: objects key by key, lists and scalars replaced. */
export function merge(under: Values, over: Values): Values {
  const result: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isValues(below) && isValues(value) ? merge(below, value) : value;
  }
  return result;
}

export const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function load(folder: string, name: string): Promise<Values> {
  const { parse } = await import('yaml');
  const value: unknown = parse(await readFile(join(folder, name), 'utf8'));
  if (!isValues(value)) throw new Error(`${join(folder, name)} is not a YAML mapping.`);
  return value;
}
