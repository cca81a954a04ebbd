import { numberAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { aksError } from '../errors.ts';
import { kubernetesVersions, resolveVersion } from './kubernetes-versions.ts';

const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/** The patch that a pool runs: its own until it is asked for another, and never a minor above the control plane's. */
export const poolVersion = (pool: JsonObject, before: JsonObject | undefined, clusterVersion: string): string => {
  const asked = textAt(pool, 'orchestratorVersion') ?? '';
  const own = textAt(before, 'currentOrchestratorVersion') ?? clusterVersion;
  for (const known of [own, clusterVersion]) if (['', known, minorOf(known)].includes(asked)) return known;
  const resolved = resolveVersion(asked, 'AKSLongTermSupport', kubernetesVersions);
  if (resolved === undefined)
    throw aksError(
      400,
      'K8sVersionNotSupported',
      `The Kubernetes version ${asked} of agent pool '${textAt(pool, 'name') ?? ''}' is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region.`,
      'agentPoolProfile.orchestratorVersion',
    );
  const [minor, limit] = [resolved, clusterVersion].map((version) => Number(version.split('.')[1]));
  if ((minor ?? 0) > (limit ?? 0))
    throw aksError(
      400,
      'NodePoolMcVersionIncompatible',
      `Node pool version ${resolved} and control plane version ${clusterVersion} are incompatible. Minor version of node pool version ${String(minor)} is bigger than control plane version ${String(limit)}. For more information, please check https://aka.ms/aks/UpgradeVersionRules`,
      'agentPoolProfile.orchestratorVersion',
    );
  return resolved;
};

/** Nodes that an upgrade of a pool adds for a while: a number of them, or a percentage of what is there, rounded up. */
export const surgeOf = (pool: JsonObject, before: JsonObject | undefined): number => {
  const [now, then] = [pool, before].map((one) => textAt(one, 'currentOrchestratorVersion'));
  if (before === undefined || now === then) return 0;
  const text = textAt(pool, 'upgradeSettings', 'maxSurge') ?? '10%';
  const count = numberAt(before, 'count') ?? 1;
  return text.endsWith('%') ? Math.ceil((count * Number(text.slice(0, -1))) / 100) : Number(text);
};
