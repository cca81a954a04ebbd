import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Colleague, colleague } from './arm.ts';
import { type Cloud, type Ended, startCloud, writes } from './cloud.ts';

// Every kind of resource that a run makes, in somebody else's hands: what he wrote stays as he wrote it.

const group = '/resourceGroups/rg-ebpf-sentinel';
const owner = 'aks-ebpf-sentinel-owner';
const another = '99999999-9999-5999-8999-999999999999';

let cloud: Cloud;
let them: Colleague;
beforeAll(async () => {
  cloud = await startCloud();
  const built = await init();
  if (built.code !== 0) throw new Error(built.stderr);
  them = await colleague(cloud);
});
afterAll(() => cloud.close());

const init = (...flags: readonly string[]): Promise<Ended> =>
  cloud.run(['init', '--yes', '--output', 'ndjson', ...flags]);

type Tags = Readonly<Record<string, string>>;

const retag = async (url: string, tags: Tags): Promise<void> => {
  expect((await them.ask('PATCH', url, { tags })).status).toBeLessThan(300);
  const state = async (): Promise<unknown> =>
    ((await them.ask('GET', url)).body['properties'] as { readonly provisioningState?: string }).provisioningState;
  await expect.poll(state, { timeout: 60_000 }).toBe('Succeeded');
};

/** Runs `init` and answers what it says, and what it wrote to this resource or below it. */
const runOver = async (path: string) => {
  const before = (await cloud.requests()).length;
  const ended = await init();
  const touched = writes((await cloud.requests()).slice(before)).filter((request) =>
    request.path.toLowerCase().includes(path.toLowerCase()),
  );
  return { code: ended.code, said: `${ended.stdout}${ended.stderr}`, touched };
};

describe.each([
  {
    what: 'Log Analytics workspace',
    path: `${group}/providers/Microsoft.OperationalInsights/workspaces/log-ebpf-sentinel`,
    version: '2025-07-01',
  },
  {
    what: 'the data collection rule',
    path: `${group}/providers/Microsoft.Insights/dataCollectionRules/MSCI-uksouth-aks-ebpf-sentinel`,
    version: '2024-03-11',
  },
  {
    what: 'AKS cluster',
    path: `${group}/providers/Microsoft.ContainerService/managedClusters/aks-ebpf-sentinel`,
    version: '2026-06-01',
  },
])('$what', ({ what, path, version }) => {
  const url = `${path}?api-version=${version}`;

  test.each([
    { whose: 'of another deployment', tags: (ours: Tags): Tags => ({ ...ours, [owner]: another }), sentence: another },
    {
      whose: 'of nobody that we know',
      tags: ({ [owner]: _ours, ...rest }: Tags): Tags => ({ ...rest, team: 'payments' }),
      sentence: 'was not made by this deployment',
    },
  ])('$whose is not touched, and named', async ({ tags, sentence }) => {
    const { body } = await them.ask('GET', url);
    const ours = body['tags'] as Tags;
    await retag(url, tags(ours));
    const theirs = (await them.ask('GET', url)).body;
    const { code, said, touched } = await runOver(path);
    expect(said).toContain(what);
    expect(said).toContain(sentence);
    expect(said).toContain('--adopt');
    expect(code).toBe(4);
    expect(touched).toEqual([]);
    const after = (await them.ask('GET', url)).body;
    expect({ tags: after['tags'], etag: after['etag'] }).toEqual({ tags: theirs['tags'], etag: theirs['etag'] });
    await retag(url, ours);
    expect((await init()).code).toBe(0);
  });
});

describe('what has no tags is known by its text', () => {
  const resourceLike = async (pattern: RegExp): Promise<string> => {
    const found = (await cloud.resources()).find(({ id }) => pattern.test(id));
    if (found === undefined) throw new Error(`no resource like ${String(pattern)}`);
    return found.id;
  };

  test.each([
    {
      what: 'a saved search',
      like: /savedSearches\/aks-ebpf-sentinel-/i,
      at: 'properties.query',
      value: 'print "theirs"',
    },
    {
      what: 'an alert rule',
      like: /alertRules\/[0-9a-f-]{36}$/i,
      at: 'properties.query',
      value: 'ContainerLogV2 | take 1',
    },
    {
      what: 'an association with another rule',
      like: /dataCollectionRuleAssociations\/ContainerInsightsExtension$/i,
      at: 'properties.dataCollectionRuleId',
      value: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Insights/dataCollectionRules/theirs',
    },
  ])('$what that somebody wrote is left as it is, with 6', async ({ like, at, value }) => {
    const id = await resourceLike(like);
    await cloud.sabotage({ kind: 'arm-property', id, path: at, value });
    const { code, touched } = await runOver(id);
    expect(code).toBe(6);
    expect(touched).toEqual([]);
    expect((await init('--fix-drift')).code).toBe(0);
  });

  test('settings of the log agent that somebody wrote are left as they are, with 6', async () => {
    const path = '/api/v1/namespaces/kube-system/configmaps/container-azm-ms-agentconfig';
    const patch = { data: { 'log-data-collection-settings': '[log_collection_settings]\n' } };
    await cloud.sabotage({ kind: 'kubernetes-patch', path, patch });
    const { code, touched } = await runOver(path);
    expect(code).toBe(6);
    expect(touched).toEqual([]);
    expect((await init('--fix-drift')).code).toBe(0);
  });
});
