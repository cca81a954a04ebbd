import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import type { Azure } from '../../src/azure/azure.ts';
import { createAzure } from '../../src/azure/create-azure.ts';
import { chooseCredential } from '../../src/azure/credential.ts';
import type { CloudProfile } from '../../src/config/cloud-profile.ts';
import type { Config } from '../../src/config/config.ts';
import type { Scalar } from '../../src/config/field.ts';
import { fields } from '../../src/config/fields.ts';
import { configHash } from '../../src/config/hash.ts';
import { ownerOf } from '../../src/config/owner.ts';
import { parseCloudProfile } from '../../src/config/read-profile.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import { type Clock, systemClock } from '../../src/engine/clock.ts';
import { nodeDisk } from '../../src/engine/disk.ts';
import { eventStream, type RunEvent } from '../../src/engine/events.ts';
import { openJournal } from '../../src/engine/journal.ts';
import type { Pipeline } from '../../src/engine/pipeline.ts';
import { look, type Sight } from '../../src/engine/plan.ts';
import { type PlannedRemoval, plannedRemovals, removeAll } from '../../src/engine/remove.ts';
import { run as runSteps } from '../../src/engine/run.ts';
import { createCharts } from '../../src/helm/charts.ts';
import { createHelm } from '../../src/helm/helm.ts';
import { connect } from '../../src/kubernetes/connect.ts';
import type { Kubernetes } from '../../src/kubernetes/kubernetes.ts';
import { wallClock } from '../../src/sandbox/clock.ts';
import { serve } from '../../src/sandbox/serve.ts';
import { deployment } from '../../src/steps/deployment.ts';
import type { Outputs } from '../../src/steps/outputs.ts';
import type { Services } from '../../src/steps/services.ts';
import { noteBodies } from './arm-bodies.ts';
import { type LoggedRequest, type SandboxControl, type SandboxResource, sandboxControl } from './sandbox-control.ts';
import { tools } from './tools.ts';

export const root = resolve(import.meta.dirname, '..', '..');
const speed = 3000;
const pollMs = 25;

interface Sandbox extends SandboxControl {
  readonly folder: string;
  readonly profile: CloudProfile;
  close(): Promise<void>;
}

const open = async (): Promise<Sandbox> => {
  const folder = mkdtempSync(join(tmpdir(), 'aks-ebpf-sentinel-world-'));
  const stop = new AbortController();
  const served = await serve({
    dir: join(folder, 'sandbox'),
    clock: wallClock(speed),
    signal: stop.signal,
    idleMs: 0,
    cacheDir: join(folder, 'cache'),
  });
  const profile = parseCloudProfile(JSON.stringify(served.profile), 'profile.json');
  const control = sandboxControl(served.published);
  const note = (): void => noteBodies(join(folder, 'sandbox'));
  return {
    folder,
    profile: { ...profile, pollIntervalMs: pollMs },
    ...control,
    async reset() {
      note();
      await control.reset();
    },
    async close() {
      note();
      stop.abort();
      await served.closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

// One sandbox for each file, empty again after each test.
let sandbox: Promise<Sandbox> | undefined;
let kept = false;
afterEach(async () => {
  const cloud = await sandbox;
  await (kept ? cloud?.clearFaults() : cloud?.reset());
});
afterAll(async () => {
  await (await sandbox)?.close();
});

const never = new AbortController().signal;

export interface StepRun {
  readonly changed: boolean;
  readonly out: unknown;
  readonly events: readonly RunEvent[];
}

export interface RunOptions {
  /** Answer to every question about drift. */
  readonly consent?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

/** What the product sees of a deployment, and what the sandbox saw of the product. */
export interface World {
  readonly config: Config;
  readonly services: Services;
  /** Resource id of the cluster. */
  readonly clusterId: string;
  readonly azure: Azure & {
    /** Requests about this deployment's resources, oldest first; `type` is a part of the path such as `managedClusters`. */
    requests(which: { readonly method?: string; readonly type: string }): Promise<readonly LoggedRequest[]>;
    resources(type: string): Promise<readonly SandboxResource[]>;
  };
  readonly sandbox: SandboxControl;
  /** Runs the pipeline up to and including this step; rejects with what it failed of. */
  readonly run: (step: keyof Outputs, options?: RunOptions) => Promise<StepRun>;
  /** What the step's own probe sees now. */
  readonly sight: (step: keyof Outputs) => Promise<Sight>;
  readonly removals: () => Promise<readonly PlannedRemoval[]>;
  /** Everything that `down` does after its question. */
  readonly down: () => Promise<readonly RunEvent[]>;
  readonly kubernetes: () => Promise<Kubernetes>;
  /** Lets time pass on the product's own clock. */
  readonly pass: (ms: number) => void;
  /** The same deployment from another machine: no journal, no cache. `flags` go over the first ones. */
  readonly elsewhere: (flags?: Flags) => Promise<World>;
}

export type Flags = Readonly<Record<string, Scalar>>;

/** For a file whose tests share what takes long to make; each then puts right what it broke. */
export const keepBetweenTests = (): void => {
  kept = true;
};

let count = 0;

/** A deployment of its own in this file's sandbox. `flags` are those of the command line. */
export const world = async (flags: Flags = {}): Promise<World> => {
  count += 1;
  return openWorld({ name: `lab${count}`, 'system-nodes': 1, nodes: 1, ...flags });
};

const configOf = (flags: Flags, profile: CloudProfile): Config => {
  const odd = Object.keys(flags).find((name) => !fields.some(({ flag }) => flag === name));
  if (odd !== undefined) throw new Error(`there is no flag --${odd}`);
  const resolution = resolveConfig({ flags, env: {}, file: {}, fileName: 'none', profile });
  if (resolution.kind !== 'config') throw new Error(JSON.stringify(resolution));
  return resolution.config;
};

const openWorld = async (flags: Flags): Promise<World> => {
  const cloud = await (sandbox ??= open());
  const { profile } = cloud;
  const config = configOf(flags, profile);
  const stateDir = mkdtempSync(join(cloud.folder, 'state-'));
  const cacheDir = join(cloud.folder, 'cache');
  if (!existsSync(cacheDir)) mkdirSync(cacheDir);
  let passed = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + passed };
  const credential = await chooseCredential({
    profile,
    auth: undefined,
    env: {},
    tenant: config.tenant,
    subscription: config.subscription,
    interactive: false,
    now: () => Date.now(),
  });
  const azure = createAzure({
    profile,
    credential,
    subscriptionId: config.subscription,
    tenantId: profile.tenantId ?? '',
    clock: systemClock,
    clusterApiVersion: config.cluster.apiVersion,
    retry: { delayMs: 20, silenceMs: 2000 },
  });
  const { helm: helmBinary } = await tools();
  const helm = createHelm({
    explicit: helmBinary,
    env: { PATH: process.env['PATH'], HOME: stateDir },
    platform: process.platform,
    cacheDir,
    stateDir,
    now: () => clock.now(),
  });
  const services: Services = {
    azure,
    config,
    owner: ownerOf(config, profile.tenantId ?? ''),
    configHash: configHash(config),
    version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
    helm,
    charts: createCharts({ cacheDir, caFile: profile.caFile, helm }),
    connect,
    clock,
    process: { pid: process.pid, host: 'test', processBorn: () => ({ alive: true, born: undefined }) },
    stateDir,
    cacheDir,
    workspaceData: 'keep',
    assets: root,
  };
  const steps = deployment({ detections: { enabled: true }, demo: { enabled: true } });
  const base = `/subscriptions/${config.subscription}/resourceGroups/${config.resourceGroup}`;
  const mine = ({ path }: { readonly path: string }): boolean => path.toLowerCase().includes(base.toLowerCase());
  const pace = { pollMs, random: () => 0.5 };
  const looking = { services, clock, pace, signal: never, warn: () => undefined };

  const sight = async (step: keyof Outputs): Promise<Sight> => {
    const { sights } = await look(upTo(steps, step), looking);
    const found = sights.find(({ id }) => id === step);
    if (found === undefined) throw new Error(`there is no step ${step}`);
    return found;
  };
  const recorder = (onEvent?: (event: RunEvent) => void) => {
    const events: RunEvent[] = [];
    const listeners = [(event: RunEvent): void => void events.push(event), (event: RunEvent): void => onEvent?.(event)];
    return { events, emit: eventStream(listeners, () => new Date(clock.now())) };
  };
  const removals = async (): Promise<readonly PlannedRemoval[]> => {
    const { outputs } = await look(steps, looking);
    return plannedRemovals(steps, outputs, { ...looking, emit: () => undefined });
  };

  return {
    config,
    services,
    clusterId: `${base}/providers/Microsoft.ContainerService/managedClusters/${config.cluster.name}`,
    azure: {
      ...azure,
      requests: async ({ method, type }) =>
        (await cloud.requests()).filter(
          (request) =>
            mine(request) &&
            (method === undefined || request.method === method) &&
            request.path.toLowerCase().includes(type.toLowerCase()),
        ),
      resources: async (type) =>
        (await cloud.resources()).filter(
          (each) => mine({ path: each.id }) && each.type.toLowerCase().endsWith(type.toLowerCase()),
        ),
    },
    sandbox: cloud,
    async run(step, options = {}) {
      const { events, emit } = recorder(options.onEvent);
      const journal = openJournal(stateDir, nodeDisk, clock);
      try {
        const result = await runSteps(upTo(steps, step), {
          services,
          journal,
          clock,
          pace,
          emit,
          signal: options.signal ?? never,
          consent: async () => options.consent === true,
        });
        const [failure] = result.failures;
        if (failure !== undefined) throw failure.error;
        const done = events.find((event) => event.type === 'step.done' && event.step === step);
        return { changed: done?.type === 'step.done' && done.changed, out: result.outputs.get(step), events };
      } finally {
        journal.close();
      }
    },
    sight,
    removals,
    async down() {
      const { events, emit } = recorder();
      const result = await removeAll(steps, await removals(), { ...looking, emit });
      const [failure] = result.failures;
      if (failure !== undefined) throw failure.error;
      return events;
    },
    kubernetes: async () => connect(await azure.clusters.kubeconfig(config.resourceGroup, config.cluster.name, never)),
    pass(ms) {
      passed += ms;
    },
    elsewhere: (others = {}) => openWorld({ ...flags, ...others }),
  };
};

/** The same pipeline without what the step does not need. */
const upTo = (
  steps: Pipeline<Services, Partial<Outputs>>,
  last: keyof Outputs,
): Pipeline<Services, Partial<Outputs>> => {
  const wanted = new Set<string>([last]);
  for (const { id, step } of steps.nodes.toReversed())
    if (wanted.has(id)) for (const need of step.needs) wanted.add(need);
  return { ...steps, nodes: steps.nodes.filter(({ id }) => wanted.has(id)) };
};
