import type { SavedSearch } from '../azure/azure.ts';
import type { PackFunction } from '../detections/pack.ts';
import { soundPack } from './sound-pack.ts';
import { sameSavedSearch } from '../detections/same.ts';
import { savedSearchBody, savedSearchId } from '../detections/saved-search.ts';
import { mapLimited } from '../status/map-limited.ts';
import { done } from './outputs.ts';
import type { Services } from './services.ts';
import { stayingWorkspace } from './staying.ts';
import { step } from './step.ts';

interface Seen {
  readonly fn: PackFunction;
  readonly there: SavedSearch | undefined;
}

const atOnce = 4;

const look = async (
  { azure, assets }: Pick<Services, 'azure' | 'assets'>,
  workspaceId: string,
  signal: AbortSignal,
): Promise<readonly Seen[]> => {
  const { functions } = await soundPack(assets);
  return mapLimited(functions, atOnce, async (fn) => ({
    fn,
    there: await azure.savedSearches.find(workspaceId, savedSearchId(fn), signal),
  }));
};

/** The parsers that every rule calls. A rule that names a function that the workspace does not know is refused, so these come first. */
export const functions = step({
  title: 'Save the parser functions',
  needs: ['workspace', 'log-table', 'sentinel'],
  expected: { p50: '10s', p90: '40s' },
  timeout: '15m',

  async probe({ azure, assets, out, signal }) {
    const seen = await look({ azure, assets }, out.workspace.id, signal);
    const missing = seen.filter(({ there }) => there === undefined);
    const other = seen.filter(({ fn, there }) => there !== undefined && !sameSavedSearch(savedSearchBody(fn), there));
    if (other.length > 0)
      return { state: 'drifted', diff: other.map(({ fn }) => `function ${fn.alias} has another text`) };
    if (missing.length > 0)
      return { state: 'absent', detail: `${missing.length} of ${seen.length} functions are missing` };
    return { state: 'ready', out: done };
  },

  async apply({ azure, assets, out, seen, progress, signal }) {
    for (const { fn, there } of await look({ azure, assets }, out.workspace.id, signal)) {
      const body = savedSearchBody(fn);
      // One that was changed since the probe is a question first.
      if (there !== undefined && (seen.state !== 'drifted' || sameSavedSearch(body, there))) continue;
      progress(`saving ${fn.alias}`);
      // In order: a function may call those before it. The etag that was seen, so that nobody's newer text is overwritten unseen.
      await azure.savedSearches.put(out.workspace.id, savedSearchId(fn), body, there?.etag, signal);
    }
  },

  async removal({ azure, assets, config, owner, signal: looking }) {
    const workspaceId = await stayingWorkspace({ azure, config, owner }, looking);
    if (workspaceId === undefined) return undefined;
    const there = (await look({ azure, assets }, workspaceId, looking)).filter((each) => each.there !== undefined);
    if (there.length === 0) return undefined;
    return {
      what: `${there.length} parser functions in the workspace`,
      async remove(signal) {
        await mapLimited(there, atOnce, ({ fn }) => azure.savedSearches.delete(workspaceId, savedSearchId(fn), signal));
      },
      gone: async (signal) =>
        (await look({ azure, assets }, workspaceId, signal)).every((each) => each.there === undefined),
    };
  },
});
