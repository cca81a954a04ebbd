import {
  pullArguments,
  templateArguments,
  uninstallArguments,
  upgradeArguments,
  type Pull,
  type Template,
  type Uninstall,
  type UpgradeInstall,
} from './arguments.ts';
import { findHelm, parseVersion, type HelmBinary } from './binary.ts';
import { HelmError } from './helm-error.ts';
import type { Access } from './kubeconfig.ts';
import { mend, type Mended, type MendPending } from './mend.ts';
import { progressOf } from './progress.ts';
import { parseHistory, parseList, parseValues, type Release, type Revision } from './release.ts';
import { helmEnvironment, type HelmRun, runHelm } from './run.ts';

export type { Pull, Template, Uninstall, UpgradeInstall } from './arguments.ts';
export type { Access } from './kubeconfig.ts';
export type { Mended, MendPending, ReleaseSecret, ReleaseSecrets } from './mend.ts';
export type { Release, ReleaseStatus, Revision } from './release.ts';

/** Helm as steps and status see it. Every method throws HelmError, a Problem. */
export interface Helm {
  /** Which helm is used; found and asked once. */
  binary(signal: AbortSignal): Promise<HelmBinary>;
  /** The newest revision of a release with its values; undefined where there is none. */
  release(access: Access, name: string, namespace: string, signal: AbortSignal): Promise<Release | undefined>;
  /** Oldest first; empty where there is no such release. */
  history(access: Access, name: string, namespace: string, signal: AbortSignal): Promise<readonly Revision[]>;
  /** Installs or upgrades, never rolls back: a failed first install of a CNI must stay. */
  upgradeInstall(access: Access, options: UpgradeInstall): Promise<void>;
  /** Frees a release that a killed helm left pending; see mend.ts. */
  mendPending(access: Access, options: MendPending): Promise<Mended>;
  /** Removes a release; one that does not exist is fine. CRDs that operators made stay. */
  uninstall(access: Access, options: Uninstall): Promise<void>;
  /** Renders a chart without a cluster: finds wrong values before anything is created. The result can hold keys: never log it. */
  template(options: Template): Promise<string>;
  /** Downloads a chart's .tgz from an OCI registry into `destination`. */
  pull(options: Pull): Promise<void>;
}

export interface HelmOptions {
  /** From `--helm` or the config. */
  readonly explicit?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** The user's cache folder of this tool. */
  readonly cacheDir: string;
  /** Holds helm's own folders, away from the user's. */
  readonly stateDir: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Beyond its own timeout, helm may still write down how it ended. */
const graceMs = 60_000;

export function createHelm(options: HelmOptions): Helm {
  let found: Promise<HelmBinary> | undefined;

  const discover = async (signal: AbortSignal): Promise<HelmBinary> => {
    const path = await findHelm(options);
    const env = await helmEnvironment(options.stateDir, options.env, options.platform);
    const args = ['version', '--template', '{{.Version}}'];
    return parseVersion(path, await runHelm({ path, args, doing: 'tell its version', env, signal }));
  };
  const binary = (signal: AbortSignal): Promise<HelmBinary> => {
    found ??= discover(signal).catch((error: unknown) => {
      found = undefined; // An interrupted look must not be the answer for good.
      throw error;
    });
    return found;
  };
  const run = async (
    doing: string,
    signal: AbortSignal,
    args: readonly string[],
    more: Pick<HelmRun, 'onStart' | 'onStderr' | 'limitMs' | 'mute'> = {},
  ): Promise<string> => {
    const { path } = await binary(signal);
    const env = await helmEnvironment(options.stateDir, options.env, options.platform);
    return runHelm({ path, args, doing, env, signal, ...more });
  };
  const on = (access: Access, namespace: string): string[] => [
    '--kubeconfig',
    access.kubeconfigPath,
    '--namespace',
    namespace,
  ];

  const history = async (
    access: Access,
    name: string,
    namespace: string,
    signal: AbortSignal,
  ): Promise<readonly Revision[]> => {
    const args = ['history', name, ...on(access, namespace), '-o', 'json'];
    return run(`read the history of ${namespace}/${name}`, signal, args).then(parseHistory, (error: unknown) => {
      if (error instanceof HelmError && error.reason === 'not-found') return [];
      throw error;
    });
  };

  return {
    binary,
    history,

    async release(access, name, namespace, signal) {
      const { major } = await binary(signal);
      // Helm 3 hides pending and failed releases without --all; helm 4 shows them and no longer knows the flag.
      const all = major === 3 ? ['--all'] : [];
      const args = ['list', ...on(access, namespace), '--filter', `^${name}$`, ...all, '-o', 'json'];
      const listed = parseList(await run(`list the releases in ${namespace}`, signal, args), name);
      if (listed === undefined) return undefined;
      const values = [
        'get',
        'values',
        name,
        ...on(access, namespace),
        '--revision',
        String(listed.revision),
        '-o',
        'json',
      ];
      return { ...listed, values: parseValues(await run(`read the values of ${namespace}/${name}`, signal, values)) };
    },

    async upgradeInstall(access, wanted) {
      const { major } = await binary(wanted.signal);
      let last = '';
      await run(
        `install ${wanted.namespace}/${wanted.release}`,
        wanted.signal,
        [...upgradeArguments(major, wanted), '--kubeconfig', access.kubeconfigPath],
        {
          limitMs: wanted.timeoutMs + graceMs,
          mute: true,
          onStart: wanted.onStart,
          onStderr: (line) => {
            const detail = progressOf(line);
            if (detail === undefined || detail === last) return;
            last = detail;
            wanted.progress?.(detail);
          },
        },
      );
    },

    async mendPending(access, wanted) {
      return mend(wanted, await history(access, wanted.release, wanted.namespace, wanted.signal), options.now());
    },

    async uninstall(access, wanted) {
      const args = [...uninstallArguments(wanted), '--kubeconfig', access.kubeconfigPath];
      await run(`uninstall ${wanted.namespace}/${wanted.release}`, wanted.signal, args, {
        limitMs: wanted.timeoutMs + graceMs,
        mute: true,
      });
    },

    template: (wanted) => run(`render ${wanted.release}`, wanted.signal, templateArguments(wanted)),

    async pull(wanted) {
      await run(`pull ${wanted.reference} ${wanted.version}`, wanted.signal, pullArguments(wanted));
    },
  };
}
