import { isAbsolute, join } from 'node:path';
import type { SignedIn } from '../../azure/azure.ts';
import { configHash } from '../../config/hash.ts';
import { ownerOf } from '../../config/owner.ts';
import type { Pace } from '../../engine/retry.ts';
import type { Services } from '../../steps/services.ts';
import type { Context } from '../context.ts';
import { guardedHelm, guardedKubernetes } from './guarded.ts';
import { thisProcess } from './this-process.ts';

export interface Opened {
  readonly services: Services;
  readonly signedIn: SignedIn;
  readonly pace: Pace;
}

export interface OpenOptions {
  readonly helm?: string | undefined;
  readonly installTools?: boolean | undefined;
  readonly workspaceData?: 'keep' | 'purge' | undefined;
  /** Asked before each write to a cloud or a cluster; throws where another run is at work by now. */
  readonly mayWrite?: (() => void) | undefined;
}

const cacheDirOf = ({ env, home }: Context['io']): string => {
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.cache'), 'aks-ebpf-sentinel');
};

/** Puts together what the steps touch, and proves the sign-in with a first token. Nothing is written anywhere. */
export const openServices = async (context: Context, options: OpenOptions): Promise<Opened> => {
  const { io, signal } = context;
  const [{ chooseCredential }, { createAzure }, { createHelm }, { createCharts }, { connect }] = await Promise.all([
    import('../../azure/credential.ts'),
    import('../../azure/create-azure.ts'),
    import('../../helm/helm.ts'),
    import('../../helm/charts.ts'),
    import('../../kubernetes/connect.ts'),
  ]);
  // The answers first: a sandbox that has to be started is not started for wrong ones.
  const config = await context.config();
  const profile = await context.profile();
  const credential = await chooseCredential({
    profile,
    auth: context.globals.auth,
    env: io.env,
    tenant: config.tenant,
    subscription: config.subscription,
    interactive: context.interactive,
    now: () => io.clock.now(),
    onDeviceCode: context.say,
    onSecret: context.redact,
  });
  const azure = createAzure({
    profile,
    credential,
    subscriptionId: config.subscription,
    tenantId: credential.tenantId ?? '',
    clock: io.clock,
    clusterApiVersion: config.cluster.apiVersion,
    warn: (code, message) => context.emit({ type: 'warning', code, message }),
    mayWrite: options.mayWrite,
  });
  const signedIn = await azure.signIn(signal);
  const cacheDir = cacheDirOf(io);
  const { mayWrite = () => {} } = options;
  const helm = createHelm({
    explicit: options.helm,
    env: io.env,
    platform: io.platform,
    cacheDir,
    stateDir: context.stateDir,
    now: () => io.clock.now(),
  });
  return {
    signedIn,
    pace: { pollMs: profile.pollIntervalMs, random: Math.random },
    services: {
      azure,
      config,
      owner: ownerOf(config, signedIn.tenantId),
      configHash: configHash(config),
      version: io.version,
      helm: guardedHelm(helm, mayWrite),
      charts: createCharts({ cacheDir, caFile: profile.caFile, helm }),
      connect: async (kubeconfig) => guardedKubernetes(await connect(kubeconfig), mayWrite),
      clock: io.clock,
      process: thisProcess(io.pid),
      stateDir: context.stateDir,
      cacheDir,
      workspaceData: options.workspaceData ?? 'keep',
      assets: io.packageRoot,
    },
  };
};
