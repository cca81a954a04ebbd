// The naive twin: what a good engineer writes in an afternoon. It works, and again when it is run again; the campaign has to find out
// what it does not survive. Names of its own making; a state file that is overwritten in place when a step is through; no trace of an operation
// that goes on; and what the SDK's poller says is taken for the truth.
//
// Usage: twin.ts init|down --profile FILE --state-dir DIR
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Clients, clientsOf } from './clients.ts';

/** Outputs of the steps that are through. */
type State = Record<string, readonly string[]>;

const group = 'rg-ebpf-sentinel';
const location = 'uksouth';
const often = { updateIntervalInMs: 100 };

const {
  positionals: [command = ''],
  values: { profile = '', 'state-dir': stateDir = '' },
} = parseArgs({
  allowPositionals: true,
  options: { profile: { type: 'string' }, 'state-dir': { type: 'string' } },
});
const file = join(stateDir, 'state.json');
const state: State = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as State) : {};
const say = (event: object): void => void process.stdout.write(`${JSON.stringify(event)}\n`);
const [workspaceOf, clusterOf] = [() => state['workspace']?.[0] ?? '', () => state['cluster']?.[0] ?? ''];
const named = (kind: string): string => `${kind}-ebpf-sentinel-${randomBytes(4).toString('hex')}`;

const steps: Readonly<Record<string, (clients: Clients) => Promise<readonly string[]>>> = {
  async group({ resources }) {
    await resources.resourceGroups.createOrUpdate(group, { location });
    return [group];
  },
  async workspace({ insights, sentinel }) {
    const name = named('log');
    await insights.workspaces.beginCreateOrUpdateAndWait(group, name, { location, retentionInDays: 30 }, often);
    // A workspace without Sentinel is of no use: both are one step.
    await sentinel.sentinelOnboardingStates.create(group, name, 'default', {
      sentinelOnboardingStateParameter: { customerManagedKey: false },
    });
    return [name];
  },
  async cluster({ aks }) {
    const name = named('aks');
    const pool = { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5', osType: 'Linux' };
    const body = {
      location,
      dnsPrefix: name,
      identity: { type: 'SystemAssigned' as const },
      agentPoolProfiles: [pool],
      networkProfile: { networkPlugin: 'none' },
    };
    await aks.managedClusters.beginCreateOrUpdateAndWait(group, name, body, often);
    return [name];
  },
  async rules({ sentinel }) {
    const ids = ['Shell in a pod', 'Shadow read', 'Token read'].map((title) => ({ title, id: randomUUID() }));
    for (const { id, title } of ids)
      await sentinel.alertRules.createOrUpdate(group, workspaceOf(), id, {
        kind: 'Scheduled',
        displayName: title,
        severity: 'Low',
        enabled: true,
        query: 'Heartbeat | take 1',
        queryFrequency: 'PT1H',
        queryPeriod: 'PT1H',
        triggerOperator: 'GreaterThan',
        triggerThreshold: 0,
        suppressionDuration: 'PT1H',
        suppressionEnabled: false,
      });
    return ids.map(({ id }) => id);
  },
};

const init = async (clients: Clients): Promise<void> => {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  for (const [step, make] of Object.entries(steps)) {
    const changed = state[step] === undefined;
    state[step] ??= await make(clients);
    writeFileSync(file, JSON.stringify(state));
    say({ type: 'step.done', step, changed });
  }
};

/** Removes what is in the state file, the last first; the group where nothing is left in it. */
const down = async (clients: Clients): Promise<void> => {
  const { aks, insights, resources, sentinel } = clients;
  for (const id of state['rules'] ?? []) await sentinel.alertRules.delete(group, workspaceOf(), id);
  if (clusterOf() !== '') await aks.managedClusters.beginDeleteAndWait(group, clusterOf(), often);
  if (workspaceOf() !== '')
    await insights.workspaces.beginDeleteAndWait(group, workspaceOf(), { ...often, force: true });
  let left = 0;
  for await (const _ of resources.resources.listByResourceGroup(group)) left += 1;
  if (left === 0) await resources.resourceGroups.beginDeleteAndWait(group, often);
  rmSync(file, { force: true });
};

try {
  await (command === 'down' ? down : init)(clientsOf(profile));
  say({ type: 'run.ended', outcome: 'done' });
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
