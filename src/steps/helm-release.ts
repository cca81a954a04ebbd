import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChartConfig } from '../config/config.ts';
import type { Observed, StepContext } from '../engine/step.ts';
import { withKubeconfig } from '../helm/kubeconfig.ts';
import type { ReleaseSecrets } from '../helm/mend.ts';
import { type RevisionSecret, storedRelease } from '../helm/stored-release.ts';
import { inFile } from '../helm/user-values.ts';
import type { Release } from '../helm/release.ts';
import { versionChange } from '../helm/version-change.ts';
import { differences } from '../helm/values-differences.ts';
import { type Values, writeValues } from '../helm/values.ts';
import { helmMark, isHelmGone } from './helm-mark.ts';
import { Problem } from '../errors/problem.ts';
import type { ExecTarget, Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';
import type { Pod } from '../status/pod.ts';
import type { AccessOutput } from './outputs.ts';
import type { Services } from './services.ts';

export const systemNamespace = 'kube-system';

/**
 * How long helm may take to hand its objects over; it does not wait for them, the probe does. A record that is still pending after
 * that has no helm behind it any more.
 */
const helmTimeoutMs = 120_000;

export interface WantedRelease {
  readonly name: 'cilium' | 'tetragon';
  readonly chart: ChartConfig;
  readonly values: Values;
}

interface Secret extends Manifest {
  readonly data?: Readonly<Record<string, string>>;
}

const revisionsOf = (kubernetes: Kubernetes, name: string, signal: AbortSignal): Promise<readonly Secret[]> =>
  kubernetes.list(
    { apiVersion: 'v1', kind: 'Secret', namespace: systemNamespace, labelSelector: `owner=helm,name=${name}` },
    signal,
  );

/** Whether helm knows any revision of it. */
export const releaseThere = async (kubernetes: Kubernetes, name: string, signal: AbortSignal): Promise<boolean> =>
  (await revisionsOf(kubernetes, name, signal)).length > 0;

/** The release itself, without its workloads: `ready` means deployed with this chart and these values, and says no more. */
export const probeRelease = async (
  kubernetes: Kubernetes,
  wanted: WantedRelease,
  {
    clock,
    process,
    stateDir,
    signal,
  }: Pick<Services & StepContext<object>, 'clock' | 'process' | 'stateDir' | 'signal'>,
): Promise<Observed<undefined>> => {
  const secrets = await revisionsOf(kubernetes, wanted.name, signal);
  const seen = storedRelease(
    secrets.map(({ metadata, data }): RevisionSecret => ({ labels: metadata.labels ?? {}, data: data ?? {} })),
  );
  if (seen === undefined) return { state: 'absent' };
  const change = versionChange(seen.version, wanted.chart.version);
  if (wanted.name === 'cilium' && change !== undefined && change.minors > 1 && seen.status !== 'uninstalled')
    return { state: 'failed', reason: tooFar(seen.version, wanted.chart.version), recover: 'manual' };
  switch (seen.status) {
    case 'pending-install':
    case 'pending-upgrade':
    case 'pending-rollback':
    case 'uninstalling': {
      const age = clock.now() - (seen.modifiedAt ?? 0);
      return age < helmTimeoutMs && !isHelmGone(stateDir, wanted.name, process, seen.labels)
        ? { state: 'converging', detail: `helm is at work on the release (${seen.status})` }
        : { state: 'failed', reason: `the release was left ${seen.status} by a helm that is gone`, recover: 'retry' };
    }
    case 'failed':
    case 'unknown':
    case 'superseded':
      // What failed is tried again; to go back to an older chart is another matter, and asked for.
      if (change?.direction === 'downgrade') return { state: 'drifted', diff: chartDifference(seen, wanted) };
      return { state: 'failed', reason: `helm says that the release is ${seen.status}`, recover: 'retry' };
    case 'uninstalled':
      return { state: 'absent' };
    case 'deployed': {
      const diff = [
        ...chartDifference(seen, wanted),
        ...differences(wanted.values, seen.values).map((each) => `value ${each}`),
      ];
      return diff.length === 0 ? { state: 'ready', out: undefined } : { state: 'drifted', diff };
    }
    default:
      return seen.status satisfies never;
  }
};

const chartDifference = (
  seen: Pick<Release, 'chart' | 'version'>,
  { name, chart }: WantedRelease,
): readonly string[] => {
  if (seen.chart === name && seen.version === chart.version) return [];
  const back = versionChange(seen.version, chart.version)?.direction === 'downgrade' ? ': a downgrade' : '';
  return [`chart ${seen.chart} ${seen.version} is installed, the config says ${name} ${chart.version}${back}`];
};

/** Agents of two minor versions apart do not understand what the others wrote to their maps and to the API server. */
const tooFar = (from: string, to: string): string =>
  `Cilium ${from} is installed, the config says ${to}: Cilium is only changed by one minor version at a time. Choose one in between with --cilium-version, let it settle, and go on from there.`;

/** `helm upgrade --install` with a chart whose digest was checked; a release that a killed helm left pending is freed first. */
export const applyRelease = async (
  { helm, charts, clock, stateDir, process, progress, signal }: Services & StepContext<object>,
  access: AccessOutput,
  wanted: WantedRelease,
): Promise<void> => {
  const { chart: reference, version, sha256 } = wanted.chart;
  progress(`getting chart ${wanted.name} ${version}`);
  const chart = await charts.fetch({ name: wanted.name, reference, version, sha256 }, signal);
  await withKubeconfig(
    stateDir,
    access.kubeconfig,
    async (kubeconfig) => {
      const release = { release: wanted.name, namespace: systemNamespace, timeoutMs: helmTimeoutMs, signal };
      await helm.mendPending(kubeconfig, {
        ...release,
        secrets: releaseSecrets(access.kubernetes),
        isGone: (labels) => isHelmGone(stateDir, wanted.name, process, labels),
      });
      progress(`helm upgrade --install ${wanted.name}`);
      const valuesFile = await writeValues(stateDir, wanted.name, wanted.values);
      try {
        const files = { chart: chart.path, valuesFiles: [valuesFile] };
        const { remove, ...mark } = helmMark(stateDir, wanted.name, process, clock.now());
        await helm.upgradeInstall(kubeconfig, { ...release, ...files, ...mark, wait: false });
        // One that was ended stays known: what it left pending is nobody's.
        remove();
      } catch (error) {
        throw wanted.chart.values === undefined ? error : inFile(error, wanted.chart.values);
      } finally {
        await rm(valuesFile, { force: true });
      }
    },
    process.pid,
  );
};

const releaseSecrets = (kubernetes: Kubernetes): ReleaseSecrets => ({
  async find(namespace, name, signal) {
    const seen = await kubernetes.get({ apiVersion: 'v1', kind: 'Secret', namespace, name }, signal);
    return seen === undefined ? undefined : { uid: seen.metadata.uid ?? '', labels: seen.metadata.labels ?? {} };
  },
  remove: (namespace, name, seen, signal) =>
    kubernetes.delete({ apiVersion: 'v1', kind: 'Secret', namespace, name, uid: seen.uid }, signal),
});

/** Fewer restarts than this may still be the order in which things start. */
const crashesThatCount = 4;

/** A container that keeps dying will not get better by waiting: why it restarts, and its last words, where there is one. */
export const crashLoop = async (
  kubernetes: Kubernetes,
  pods: readonly Pick<Pod, 'name' | 'namespace' | 'containers'>[],
  signal: AbortSignal,
): Promise<string | undefined> => {
  for (const pod of pods) {
    const dying = pod.containers.find(
      ({ restarts, waiting }) => restarts >= crashesThatCount && waiting?.startsWith('CrashLoopBackOff') === true,
    );
    if (dying === undefined) continue;
    const said = await lastWords(
      kubernetes,
      // It may have been started again since it was seen to wait.
      { namespace: pod.namespace, pod: pod.name, container: dying.name, previous: true },
      signal,
    );
    return `container ${dying.name} of ${pod.name} keeps failing: ${dying.waiting ?? ''}${said === undefined ? '' : `; its last line of log: ${said}`}`;
  }
  return undefined;
};

const longestWords = 400;

/** A log that cannot be read takes nothing from the finding. */
const lastWords = async (
  kubernetes: Kubernetes,
  target: ExecTarget & { readonly previous: boolean },
  signal: AbortSignal,
): Promise<string | undefined> => {
  try {
    const lines = (await kubernetes.podLog(target, 5, signal)).split('\n').map((line) => line.trim());
    return lines.findLast((line) => line !== '')?.slice(0, longestWords);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Problem) return undefined;
    throw error;
  }
};

export const valuesFolderOf = (assets: string): string => join(assets, 'charts-values');

export const crashed = (reason: string): Observed<never> => ({ state: 'failed', reason, recover: 'manual' });
