import type { Field, Scalar } from '../field.ts';

// AKS refuses burstable sizes for system pools, and the cluster would be half built when it says so.
const noBurstable = (value: Scalar): string | undefined =>
  /^Standard_B/iu.test(String(value)) ? 'AKS does not accept burstable (B-series) sizes in a system pool' : undefined;

/** AKS trims nothing for us: a prefix is made of what it accepts. */
const prefixOf = (name: string): string =>
  name
    .replaceAll(/[^A-Za-z0-9-]/gu, '-')
    .slice(0, 54)
    .replaceAll(/^-+|-+$/gu, '');

export const clusterFields = [
  {
    path: 'cluster.name',
    flag: 'cluster-name',
    kind: 'text',
    group: 'cluster',
    help: 'name of the AKS cluster',
    form: '1 to 63 letters, digits, underscores and hyphens, starting and ending with a letter or digit',
    example: 'aks-payments',
    identifies: true,
    fallback: { words: 'aks-<name>', of: (known) => `aks-${String(known.name)}` },
    pattern: /^[a-zA-Z0-9]([-_a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/u,
  },
  {
    path: 'cluster.kubernetesVersion',
    flag: 'kubernetes-version',
    kind: 'text',
    group: 'cluster',
    help: 'Kubernetes version',
    form: 'a minor or patch version without "v", such as 1.35 or 1.35.7',
    example: '1.35',
    fallback: { words: "AKS's default version", of: () => undefined },
    pattern: /^1\.\d{1,2}(\.\d{1,2})?$/u,
  },
  {
    path: 'cluster.tier',
    flag: 'tier',
    kind: 'choice',
    choices: ['Free', 'Standard', 'Premium'],
    group: 'cluster',
    help: 'AKS pricing tier; Standard and Premium add an uptime SLA',
    form: 'Free, Standard or Premium',
    example: 'Standard',
    fallback: { words: 'Free', of: () => 'Free' },
  },
  {
    path: 'cluster.dnsPrefix',
    flag: 'dns-prefix',
    kind: 'text',
    group: 'cluster',
    help: "first part of the API server's host name",
    form: '1 to 54 letters, digits and hyphens, starting and ending with a letter or digit',
    example: 'payments',
    fallback: { words: 'the cluster name', of: (known) => prefixOf(String(known['cluster.name'])) },
    pattern: /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,52}[a-zA-Z0-9])?$/u,
  },
  {
    path: 'cluster.systemPool.vmSize',
    flag: 'system-node-size',
    kind: 'text',
    group: 'cluster',
    help: 'VM size of the system nodes',
    form: 'the name of an Azure VM size with at least 4 vCPUs, such as Standard_D4s_v5',
    example: 'Standard_D8s_v5',
    fallback: { words: 'Standard_D4s_v5', of: () => 'Standard_D4s_v5' },
    pattern: /^(Standard|Basic)_[A-Za-z0-9]+(_[A-Za-z0-9]+)*$/u,
    check: noBurstable,
  },
  {
    path: 'cluster.systemPool.count',
    flag: 'system-nodes',
    kind: 'integer',
    group: 'cluster',
    help: 'number of system nodes; two keep the cluster alive through an upgrade',
    form: 'a whole number from 1 to 1000',
    example: 3,
    fallback: { words: '2', of: () => 2 },
    minimum: 1,
    maximum: 1000,
  },
  {
    path: 'cluster.workloadPool.vmSize',
    flag: 'node-size',
    kind: 'text',
    group: 'cluster',
    help: 'VM size of the nodes for workloads',
    form: 'the name of an Azure VM size, such as Standard_D4s_v5',
    example: 'Standard_D8s_v5',
    fallback: { words: 'Standard_D4s_v5', of: () => 'Standard_D4s_v5' },
    pattern: /^(Standard|Basic)_[A-Za-z0-9]+(_[A-Za-z0-9]+)*$/u,
  },
  {
    path: 'cluster.workloadPool.count',
    flag: 'nodes',
    kind: 'integer',
    group: 'cluster',
    help: 'number of nodes for workloads',
    form: 'a whole number from 0 to 1000',
    example: 3,
    fallback: { words: '2', of: () => 2 },
    question: { text: 'How many nodes for your workloads?' },
    minimum: 0,
    maximum: 1000,
  },
  {
    path: 'cluster.apiVersion',
    flag: 'cluster-api-version',
    kind: 'text',
    group: 'cluster',
    help: 'preview api-version of Microsoft.ContainerService to use',
    form: 'a preview api-version in the form YYYY-MM-DD-preview',
    example: '2026-03-02-preview',
    fallback: { words: 'the newest tested one that the provider lists', of: () => undefined },
    pattern: /^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])-preview$/u,
  },
] as const satisfies readonly Field[];
