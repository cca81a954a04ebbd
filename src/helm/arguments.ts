export interface UpgradeInstall {
  readonly release: string;
  readonly namespace: string;
  /** Path of a .tgz whose digest was checked. */
  readonly chart: string;
  readonly valuesFiles: readonly string[];
  readonly timeoutMs: number;
  /**
   * Wait for the workloads. Helm 3 is content with some pods of a DaemonSet, helm 4 waits for every object: whoever waits
   * here must look for himself afterwards.
   */
  readonly wait: boolean;
  /** For the record of this revision and those after it. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Told the process number of this helm. */
  readonly onStart?: (pid: number) => void;
  readonly progress?: (detail: string) => void;
}

export interface Uninstall {
  readonly release: string;
  readonly namespace: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Template {
  readonly release: string;
  readonly namespace: string;
  readonly chart: string;
  readonly valuesFiles: readonly string[];
  /** For example `1.35.7`. */
  readonly kubeVersion?: string;
  readonly signal: AbortSignal;
}

export interface Pull {
  /** Name of the chart, which a repository's index lists. */
  readonly name: string;
  /** `oci://host/path` without tag, the https address of a .tgz, or that of a chart repository. */
  readonly reference: string;
  readonly version: string;
  readonly destination: string;
  readonly caFile: string | undefined;
  readonly signal: AbortSignal;
}

export function upgradeArguments(major: 3 | 4, wanted: UpgradeInstall): string[] {
  const { release, chart, namespace, valuesFiles, timeoutMs, wait, labels, progress } = wanted;
  // Without --reset-values helm keeps the last revision's values where no file is given.
  const args = ['upgrade', release, chart, '--install', '--namespace', namespace, '--reset-values'];
  for (const file of valuesFiles) args.push('--values', file);
  args.push('--timeout', seconds(timeoutMs), '--history-max', '10', '-o', 'json');
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);
  if (pairs.length > 0) args.push('--labels', pairs.join(','));
  // A word of its own after --wait would be taken for another argument: in helm 4 the strategy stands behind an equals sign.
  if (wait) args.push(major === 3 ? '--wait' : '--wait=watcher');
  if (progress !== undefined) args.push('--debug');
  return args;
}

export const uninstallArguments = ({ release, namespace, timeoutMs }: Uninstall): string[] => [
  'uninstall',
  release,
  '--namespace',
  namespace,
  '--ignore-not-found',
  '--timeout',
  seconds(timeoutMs),
];

export function templateArguments({ release, namespace, chart, valuesFiles, kubeVersion }: Template): string[] {
  const args = ['template', release, chart, '--namespace', namespace];
  for (const file of valuesFiles) args.push('--values', file);
  if (kubeVersion !== undefined) args.push('--kube-version', kubeVersion);
  return args;
}

export function pullArguments({ name, reference, version, destination, caFile }: Pull): string[] {
  const isRepository = !reference.startsWith('oci://') && !reference.endsWith('.tgz');
  const from = isRepository ? [name, '--repo', reference] : [reference];
  const args = ['pull', ...from, '--version', version, '--destination', destination];
  if (caFile !== undefined) args.push('--ca-file', caFile);
  return args;
}

const seconds = (ms: number): string => `${Math.ceil(ms / 1000)}s`;
