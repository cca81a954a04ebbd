import type { Azure } from '../azure/azure.ts';
import type { Config } from '../config/config.ts';
import { Problem } from '../errors/problem.ts';
import type { Services } from '../steps/services.ts';
import { mustAdopt } from '../steps/ownership.ts';
import { checkLocks } from './check-locks.ts';
import { checkPolicies } from './check-policies.ts';
import { checkStandingCluster } from './standing-cluster.ts';
import { checkUserValues } from './user-values.ts';

type Looks = Pick<
  Services,
  'azure' | 'config' | 'owner' | 'configHash' | 'version' | 'helm' | 'charts' | 'assets' | 'stateDir'
>;

/**
 * What can be known before the first write, all at once: nothing may fail twenty minutes in that two seconds would have shown.
 * Throws the first Problem in the order in which a person would want to hear of them; what cannot be looked at is a warning.
 */
export const preflight = async (
  services: Looks,
  warn: (code: string, message: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  const { azure, config } = services;
  const there = await azure.clusters.find(config.resourceGroup, config.cluster.name, signal);
  if (there !== undefined) mustAdopt(`AKS cluster ${there.name}`, there.tags, services);
  await checkLocks(azure, config, warn, signal);
  const missing = there === undefined || there.provisioningState === 'Failed';
  if (there !== undefined && !missing) checkStandingCluster(there, config);
  await checkUserValues(services, { render: missing }, warn, signal).catch((error: unknown) => {
    throw before(error);
  });
  // A cluster that exists has its machines already, and the steps look at the rest themselves.
  if (!missing) return;
  const checks = [
    checkWorkspace(services, signal),
    policies(services, warn, signal),
    checkMachines(azure, config, warn, signal),
    checkVersion(azure, config, warn, signal),
    checkTools(services, signal),
  ];
  const results = await Promise.allSettled(checks);
  for (const result of results) if (result.status === 'rejected') throw before(result.reason);
};

/** What would be a failure later is a stop here: nothing was made yet, and the exit code says so. */
const before = (error: unknown): unknown => {
  if (!(error instanceof Problem) || (error.kind !== 'failed' && error.kind !== 'transient')) return error;
  const { code, hint, link, correlationId } = error;
  return new Problem(error.message, { kind: 'preflight', code, hint, link, correlationId, cause: error });
};

const policies = async (
  services: Looks,
  warn: (code: string, message: string) => void,
  signal: AbortSignal,
): Promise<void> =>
  checkPolicies(services, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    // Who may deploy need not be allowed to ask, and the provider that answers need not be there: then ARM itself will say.
    if (!(error instanceof Problem) || error.kind === 'preflight' || error.kind === 'sign-in') throw error;
    warn('policies-unchecked', unasked(error));
  });

const unasked = ({ code, message }: Problem): string =>
  code === 'MissingSubscriptionRegistration'
    ? 'Azure Policy is assigned here and could not be asked what it denies; `az provider register --namespace Microsoft.PolicyInsights` lets it be asked'
    : `Azure Policy could not be asked what it denies: ${message}`;

const checkWorkspace = async (services: Looks, signal: AbortSignal): Promise<void> => {
  const { azure, config } = services;
  if (config.workspace.id !== undefined) return;
  const seen = await azure.workspaces.find(config.resourceGroup, config.workspace.name, signal);
  if (seen !== undefined) mustAdopt(`Log Analytics workspace ${seen.name}`, seen.tags, services);
};

/** Charts are fetched and their digests checked now: a registry that is away must not be found out over a cluster without a CNI. */
const checkTools = async ({ helm, charts, config }: Looks, signal: AbortSignal): Promise<void> => {
  await helm.binary(signal);
  await Promise.all(
    (['cilium', 'tetragon'] as const).map((name) => {
      const { chart: reference, version, sha256 } = config[name];
      return charts.fetch({ name, reference, version, sha256 }, signal);
    }),
  );
};

const checkVersion = async (
  azure: Azure,
  { location, cluster: { kubernetesVersion } }: Config,
  warn: (code: string, message: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  if (kubernetesVersion === undefined) return;
  let offered: readonly string[];
  try {
    offered = await azure.clusters.versions(location, signal);
  } catch (error) {
    signal.throwIfAborted();
    // A subscription that never had AKS cannot be asked yet: then AKS itself will say.
    if (!(error instanceof Problem) || error.kind === 'sign-in') throw error;
    warn('version-unchecked', `The Kubernetes version could not be checked: ${error.message}`);
    return;
  }
  if (offered.length > 0 && !offered.includes(kubernetesVersion)) throw noVersion(kubernetesVersion, location, offered);
};

const noVersion = (version: string, location: string, offered: readonly string[]): Problem => {
  const minors = offered.filter((each) => /^\d+\.\d+$/.test(each));
  return new Problem(
    `AKS does not offer Kubernetes ${version} in ${location}; it offers ${minors.join(', ')} and their patches`,
    {
      kind: 'preflight',
      code: 'version-missing',
      hint: 'Choose one of these with --kubernetes-version, or leave it out for the default of AKS.',
    },
  );
};

const checkMachines = async (
  azure: Azure,
  config: Config,
  warn: (code: string, message: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  const { systemPool, workloadPool } = config.cluster;
  const wanted = [systemPool, workloadPool].filter(({ count }) => count > 0);
  const families = new Map<string, number>();
  try {
    for (const { vmSize, count } of wanted) {
      const size = await azure.compute.size(config.location, vmSize, signal);
      if (size === undefined) throw noSize(vmSize, config.location);
      if (size.restriction !== undefined) throw restricted(vmSize, config.location, size.restriction);
      families.set(size.family, (families.get(size.family) ?? 0) + size.vCpus * count);
    }
    const total = [...families.values()].reduce((sum, each) => sum + each, 0);
    for (const [family, needed] of [...families, ['cores', total] as const]) {
      const quota = await azure.compute.quota(config.location, family, signal);
      if (quota !== undefined && quota.limit - quota.used < needed)
        throw tooSmall(`vCPUs left for ${family}`, config.location, `${needed}`, quota);
    }
    const nodes = systemPool.count + workloadPool.count;
    const machines = await azure.compute.quota(config.location, 'virtualMachines', signal);
    if (machines !== undefined && machines.limit - machines.used < nodes)
      throw tooSmall('virtual machines left', config.location, `${nodes} nodes`, machines);
  } catch (error) {
    signal.throwIfAborted();
    // Who may make a cluster need not be allowed to read the quota: then AKS itself will say.
    if (!(error instanceof Problem) || error.kind === 'preflight' || error.kind === 'sign-in') throw error;
    warn('machines-unchecked', `sizes and quota could not be checked: ${error.message}`);
  }
};

const noSize = (vmSize: string, location: string): Problem =>
  new Problem(`${vmSize} does not exist in ${location}`, {
    kind: 'preflight',
    code: 'size-missing',
    hint: 'Choose another --system-node-size and --node-size, or another --location; `az vm list-sizes --location` lists them.',
  });

const restricted = (vmSize: string, location: string, reason: string): Problem =>
  new Problem(`This subscription may not use ${vmSize} in ${location} (${reason})`, {
    kind: 'preflight',
    code: 'size-restricted',
    hint: 'Choose another size or another region, or ask Azure support to lift the restriction.',
  });

const tooSmall = (
  left: string,
  location: string,
  needed: string,
  { used, limit }: { used: number; limit: number },
): Problem =>
  new Problem(`The subscription has ${limit - used} of ${limit} ${left} in ${location}; this plan needs ${needed}`, {
    kind: 'preflight',
    code: 'QuotaExceeded',
    hint: 'Choose a smaller size, fewer nodes or another region, or ask for more quota.',
    link: 'https://learn.microsoft.com/azure/quotas/per-vm-quota-requests',
  });
