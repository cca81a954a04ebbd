import { adoptedTags, madeByUs, mustAdopt, ourTags, stillOurs } from './ownership.ts';
import { Problem } from '../errors/problem.ts';
import type { Workspace } from '../azure/azure.ts';
import type { Services } from './services.ts';
import { step } from './step.ts';

/** The one that the config means, wherever it lies. */
export const findWorkspace = (
  { azure, config }: Pick<Services, 'azure' | 'config'>,
  signal: AbortSignal,
): Promise<Workspace | undefined> =>
  config.workspace.id === undefined
    ? azure.workspaces.find(config.resourceGroup, config.workspace.name, signal)
    : azure.workspaces.findById(config.workspace.id, signal);

/** The Log Analytics workspace: an existing one by its id, or one of our own. */
export const workspace = step({
  title: 'Create the Log Analytics workspace',
  needs: ['resource-group'],
  expected: { p50: '15s', p90: '45s' },
  timeout: '15m',

  async probe({ azure, config, signal, ...services }) {
    const seen = await findWorkspace({ azure, config }, signal);
    if (seen === undefined) {
      if (config.workspace.id === undefined) return { state: 'absent' };
      throw new Problem(`The workspace ${config.workspace.id} does not exist or cannot be seen`, {
        kind: 'preflight',
        code: 'workspace-missing',
        hint: 'Check --workspace-id, or leave it out to get a new workspace.',
      });
    }
    const borrowed = config.workspace.id !== undefined;
    const adopt = !borrowed && mustAdopt(`Log Analytics workspace ${seen.name}`, seen.tags, { config, ...services });
    if (seen.provisioningState === 'Failed' || seen.provisioningState === 'Canceled') {
      return {
        state: 'failed',
        reason: `the workspace is ${seen.provisioningState}`,
        recover: borrowed ? 'manual' : 'retry',
      };
    }
    if (seen.provisioningState !== 'Succeeded' || seen.customerId === '')
      return { state: 'converging', detail: `the workspace is ${seen.provisioningState}` };
    if (adopt) return { state: 'absent', detail: 'exists and is to be taken over' };
    if (!borrowed && !isAdopted(seen, services) && seen.retentionDays !== config.workspace.retentionDays) {
      return {
        state: 'drifted',
        diff: [`retention is ${seen.retentionDays} days, the config says ${config.workspace.retentionDays}`],
      };
    }
    return { state: 'ready', out: { id: seen.id, customerId: seen.customerId, location: seen.location } };
  },

  async apply({ azure, config, signal, warn, ...services }) {
    const { name, location, retentionDays } = config.workspace;
    const before = await azure.workspaces.find(config.resourceGroup, name, signal);
    const deleted =
      before === undefined ? await azure.workspaces.findDeleted(config.resourceGroup, name, signal) : undefined;
    if (deleted !== undefined) {
      if (!sameRegion(deleted.location, location)) throw nameHeld(name, deleted.location, location);
      warn(
        'workspace-recovered',
        `a workspace ${name} was deleted here in the last 14 days: Azure brings it back with its old data and retention`,
      );
    }
    const ours = before === undefined || madeByUs(before.tags, services);
    if (before === undefined || (ours && before.provisioningState !== 'Succeeded')) {
      const tags = { ...before?.tags, ...ourTags({ config, ...services }) };
      await azure.workspaces.put(config.resourceGroup, name, { location, retentionDays, tags }, before, signal);
      return;
    }
    await azure.workspaces.change(
      config.resourceGroup,
      name,
      ours
        ? { retentionDays, tags: { ...before.tags, ...ourTags({ config, ...services }) } }
        : // What somebody else made keeps everything: we only sign it.
          { tags: adoptedTags({ config, ...services }, before.tags) },
      before,
      signal,
    );
  },

  async removal({ azure, config, owner, workspaceData, signal: looking }) {
    const seen = await findWorkspace({ azure, config }, looking);
    if (seen === undefined) return undefined;
    const what = `Log Analytics workspace ${seen.name}`;
    const purge = workspaceData === 'purge';
    const remove = async (signal: AbortSignal): Promise<void> => {
      const now = await azure.workspaces.find(seen.resourceGroup, seen.name, signal);
      if (now === undefined) return;
      stillOurs(what, now.tags, { owner });
      await azure.workspaces.delete(seen.resourceGroup, seen.name, { purge }, signal);
    };
    const gone = async (signal: AbortSignal): Promise<boolean> =>
      (await azure.workspaces.find(seen.resourceGroup, seen.name, signal)) === undefined;
    if (!madeByUs(seen.tags, { owner })) return { what, kept: 'this deployment did not make it', remove, gone };
    const data = purge ? 'with all its data, for good' : 'its data can be brought back for 14 days by the same name';
    return { what: `${what} (${data})`, remove, gone };
  },
});

const isAdopted = (seen: Workspace, services: Pick<Services, 'owner'>): boolean => !madeByUs(seen.tags, services);

const sameRegion = (one: string, other: string): boolean => plainRegion(one) === plainRegion(other);

/** `UK South` is `uksouth`. */
const plainRegion = (region: string): string => region.replaceAll(' ', '').toLowerCase();

/** Azure would answer "not unique" until the 14 days are over: a workspace comes back only where it was. */
const nameHeld = (name: string, there: string, here: string): Problem =>
  new Problem(
    `A workspace ${name} was deleted in ${there} in the last 14 days, and can neither come back in ${here} nor be replaced there`,
    {
      kind: 'preflight',
      code: 'workspace-name-held',
      hint: `Take another --workspace-name, or get its data back with --workspace-location ${plainRegion(there)}.`,
    },
  );
