import { madeByUs, ourTags } from './ownership.ts';
import { step } from './step.ts';

/** The resource group. One that exists already is used as it is, untagged, and `down` leaves it. */
export const resourceGroup = step({
  title: 'Create the resource group',
  needs: ['providers'],
  expected: { p50: '3s', p90: '10s' },
  timeout: '30m',

  async probe({ azure, config, signal }) {
    const seen = await azure.groups.find(config.resourceGroup, signal);
    if (seen === undefined) return { state: 'absent' };
    // A group on its way out takes everything with it: wait until it is gone, then it is absent.
    if (seen.provisioningState !== 'Succeeded')
      return { state: 'converging', detail: `the resource group is ${seen.provisioningState}` };
    return { state: 'ready', out: { id: seen.id } };
  },

  apply: ({ azure, config, signal, ...services }) =>
    azure.groups.put(
      config.resourceGroup,
      { location: config.location, tags: ourTags({ config, ...services }) },
      signal,
    ),

  async removal({ azure, config, owner, signal: looking }) {
    const seen = await azure.groups.find(config.resourceGroup, looking);
    if (seen === undefined) return undefined;
    const what = `resource group ${seen.name}`;
    const remove = (signal: AbortSignal): Promise<void> => azure.groups.delete(seen.name, signal);
    const gone = async (signal: AbortSignal): Promise<boolean> =>
      (await azure.groups.find(seen.name, signal)) === undefined;
    if (!madeByUs(seen.tags, { owner })) return { what, kept: 'this deployment did not make it', remove, gone };
    // Decided here for the words of the question, and again at the deed: something may move in meanwhile.
    const guarded = async (signal: AbortSignal): Promise<void> => {
      const left = await azure.groups.resources(seen.name, signal);
      if (left.length === 0) await remove(signal);
    };
    return {
      what: `${what}, if nothing is left in it`,
      remove: guarded,
      gone: async (signal) => (await gone(signal)) || (await azure.groups.resources(seen.name, signal)).length > 0,
    };
  },
});
