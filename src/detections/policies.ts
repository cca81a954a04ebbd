import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../kubernetes/kubernetes.ts';

export interface PolicyOptions {
  /** Where the enforcing policies act; undefined leaves them out. */
  readonly enforcementNamespace?: string | undefined;
  /** IPv4 CIDR of the cluster's services, whose first address is the API server's; AKS's default where it is not known. */
  readonly serviceCidr?: string | undefined;
}

/**
 * Tracing policies below `templates/tracing-policies`, by name; those in `enforcement` only for a namespace. Values of this cluster stand in for the
 * placeholders (`{{name}}` as a whole value), so what comes back can be applied as it is.
 * @throws Error for a file that is no tracing policy or names a value that we do not have: a fault of the files, not of the user.
 */
export async function loadPolicies(root: string, options: PolicyOptions = {}): Promise<readonly Manifest[]> {
  const folder = join(root, 'templates/tracing-policies');
  const files = await yamlFiles(folder);
  if (options.enforcementNamespace !== undefined) files.push(...(await yamlFiles(join(folder, 'enforcement'))));
  const values: Readonly<Record<string, string | undefined>> = {
    enforcementNamespace: options.enforcementNamespace,
    kubernetesServiceIp: firstAddress(options.serviceCidr ?? '10.0.0.0/16'),
  };
  const { parse } = await import('yaml');
  const policies = await Promise.all(
    files.map(async (file) => policyOf(file, filled(parse(await readFile(file, 'utf8')), values, file))),
  );
  return policies.toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name, 'en'));
}

async function yamlFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.yaml')).map((name) => join(folder, name));
}

function filled(node: unknown, values: Readonly<Record<string, string | undefined>>, file: string): unknown {
  if (Array.isArray(node)) return node.map((item) => filled(item, values, file));
  if (typeof node === 'object' && node !== null) {
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, filled(value, values, file)]));
  }
  const placeholder = typeof node === 'string' ? /^\{\{(\w+)\}\}$/.exec(node)?.[1] : undefined;
  if (placeholder === undefined) return node;
  const value = values[placeholder];
  if (value === undefined) throw new Error(`${file} asks for the value {{${placeholder}}}, which is not known.`);
  return value;
}

function policyOf(file: string, document: unknown): Manifest {
  const policy = document as Partial<Manifest> | null;
  const known = policy?.kind === 'TracingPolicy' || policy?.kind === 'TracingPolicyNamespaced';
  if (!known || typeof policy.metadata?.name !== 'string') throw new Error(`${file} is no TracingPolicy with a name.`);
  return policy as Manifest;
}

// Kubernetes gives its own service the first address of the range.
function firstAddress(cidr: string): string {
  const octets = (cidr.split('/')[0] ?? '').split('.').map(Number);
  const number = octets.reduce((sum, octet) => sum * 256 + octet, 0) + 1;
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
