import type { GroupResource } from '../azure/azure.ts';
import { Problem } from '../errors/problem.ts';
import { madeByUs, ourTags, stillOurs } from './ownership.ts';
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

  async apply({ azure, config, signal, ...services }) {
    // A PUT over a group that somebody made meanwhile would put our tags in place of theirs.
    if ((await azure.groups.find(config.resourceGroup, signal)) !== undefined) return;
    await azure.groups.put(
      config.resourceGroup,
      { location: config.location, tags: ourTags({ config, ...services }) },
      signal,
    );
  },

  async removal({ azure, config, owner, warn, signal: looking }) {
    const seen = await azure.groups.find(config.resourceGroup, looking);
    if (seen === undefined) return undefined;
    const what = `resource group ${seen.name}`;
    const remove = (signal: AbortSignal): Promise<void> => azure.groups.delete(seen.name, signal);
    const gone = async (signal: AbortSignal): Promise<boolean> =>
      (await azure.groups.find(seen.name, signal)) === undefined;
    if (!madeByUs(seen.tags, { owner })) return { what, kept: 'this deployment did not make it', remove, gone };
    let stays = false;
    let lags = 0;
    return {
      what: `${what}, if nothing is left in it`,
      async remove(signal) {
        const now = await azure.groups.find(seen.name, signal);
        if (now === undefined) return;
        stillOurs(what, now.tags, { owner });
        // Looked at as late as can be: something may have moved in since the question.
        const left = await azure.groups.resources(seen.name, signal);
        if (left.length === 0) return remove(signal);
        if (left.every(({ tags }) => madeByUs(tags, { owner })) && ++lags <= listLags) throw stillListed(what, left);
        stays = true;
        warn('group-kept', `${what} stays, because it still holds ${namesOf(left)}`);
      },
      gone: async (signal) => stays || gone(signal),
    };
  },
});

/** ARM goes on listing what was deleted for a while; what is still listed after so many looks is there. */
const listLags = 6;

const namesOf = (left: readonly GroupResource[]): string =>
  left.length > 3
    ? `${left.length} resources`
    : left.map(({ type, name }) => `${type.split('/').at(-1) ?? type} ${name}`).join(', ');

const stillListed = (what: string, left: readonly GroupResource[]): Problem =>
  new Problem(`${what} still lists ${namesOf(left)}`, { kind: 'conflict', code: 'group-not-empty' });
