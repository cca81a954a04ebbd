import { expect, test } from 'vitest';
import { clusterBody, world } from '../world.ts';
import type { Answer, World } from '../world.ts';

const groups = ({ subscription }: World): string => `${subscription}/resourcegroups?api-version=2025-04-01`;

const put = (sandbox: World, name: string): Promise<Answer> =>
  sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/${name}?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });

/** Every page of a list, as a client that follows each nextLink reads it. */
const pages = async (sandbox: World, path: string): Promise<readonly Answer[]> => {
  const found: Answer[] = [];
  for (let next: unknown = path; typeof next === 'string'; next = found.at(-1)?.body['nextLink'])
    found.push(await sandbox.request('GET', next));
  return found;
};

const names = (answers: readonly Answer[]): readonly unknown[] =>
  answers.flatMap(({ body }) => (body['value'] as { name: unknown }[]).map(({ name }) => name));

test('a list of more than ten is told in pages', async () => {
  const sandbox = await world();
  const wanted = Array.from({ length: 23 }, (_, index) => `rg-${String(index).padStart(2, '0')}`);
  for (const name of wanted) await put(sandbox, name);
  const answers = await pages(sandbox, groups(sandbox));
  expect(answers.map(({ body }) => (body['value'] as unknown[]).length)).toEqual([10, 10, 3]);
  expect(names(answers)).toEqual(wanted);
  const [first] = answers;
  expect(String(first?.body['nextLink'])).toContain('%24skiptoken=');
  const two = await sandbox.request('GET', `${groups(sandbox)}&$top=2`);
  expect(names([two])).toEqual(['rg-00', 'rg-01']);
  expect(names([await sandbox.request('GET', String(two.body['nextLink']))])).toEqual(['rg-02', 'rg-03']);
});

test('a skip token that was changed, or given for another list, is refused', async () => {
  const sandbox = await world();
  for (let index = 0; index < 12; index += 1) await put(sandbox, `rg-${index}`);
  const link = String((await sandbox.request('GET', groups(sandbox))).body['nextLink']);
  expect(await sandbox.request('GET', link)).toMatchObject({ status: 200 });
  const changed = new URL(link);
  changed.searchParams.set('$skiptoken', Buffer.from('5').toString('base64url'));
  expect(await sandbox.request('GET', changed.href)).toMatchObject({
    status: 400,
    body: { error: { code: 'InvalidSkipToken' } },
  });
  const other = link.replace('/resourcegroups?', '/providers?');
  expect(await sandbox.request('GET', other)).toMatchObject({ status: 400 });
});

test.each([
  ['providers', '/providers?api-version=2025-04-01'],
  ['features', '/providers/Microsoft.Features/providers/Microsoft.ContainerService/features?api-version=2021-07-01'],
  ['sizes', "/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=location%20eq%20'uksouth'"],
  ['usages', '/providers/Microsoft.Compute/locations/uksouth/usages?api-version=2026-04-01'],
])('the list of %s has more than one page, and no entry twice', async (_what, path) => {
  const sandbox = await world();
  const answers = await pages(sandbox, `${sandbox.subscription}${path}`);
  expect(answers.length).toBeGreaterThan(1);
  const entries = answers.flatMap(({ body }) => body['value'] as unknown[]).map((entry) => JSON.stringify(entry));
  expect(new Set(entries).size).toBe(entries.length);
});

test('tables and resources of a group come in pages, saved searches never do', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.OperationalInsights');
  await put(sandbox, 'rg');
  const base = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces`;
  for (let index = 0; index < 11; index += 1)
    await sandbox.request('PUT', `${base}/workspace-${index}?api-version=2025-07-01`, {
      body: { location: 'uksouth' },
    });
  expect((await pages(sandbox, `${base}?api-version=2025-07-01`)).length).toBe(2);
  expect((await pages(sandbox, `${base}/workspace-0/tables?api-version=2025-07-01`)).length).toBeGreaterThan(1);
  const searches = await sandbox.request('GET', `${base}/workspace-0/savedSearches?api-version=2025-07-01`);
  expect(searches.body).not.toHaveProperty('nextLink');
  expect((searches.body['value'] as unknown[]).length).toBeGreaterThan(20);
  const inGroup = `${sandbox.subscription}/resourceGroups/rg/resources?api-version=2025-04-01`;
  await sandbox.until(inGroup, ({ body }) => (body['value'] as unknown[]).length === 10);
  expect((await pages(sandbox, inGroup)).length).toBe(2);
});

test.each([
  ['retired preview', '2024-02-02-preview'],
  ['version that is only a specification', '2026-08-02-preview'],
])('a %s of AKS is no registered provider, in words that list versions and regions', async (_what, version) => {
  const sandbox = await world();
  await sandbox.register('Microsoft.ContainerService');
  await put(sandbox, 'rg');
  const cluster = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab`;
  const answer = await sandbox.request('PUT', `${cluster}?api-version=${version}`, { body: clusterBody() });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'NoRegisteredProviderFound' } } });
  expect(answer.text).toMatch(
    new RegExp(
      `No registered resource provider found for location 'uksouth' and API version '${version}' for type 'managedClusters'\\. The supported api-versions are '2022-07-01, 2022-09-01, .*2026-06-01'\\. The supported locations are 'eastus, eastus2, .*'\\.`,
      'u',
    ),
  );
});

test('an unknown api-version is told by the kind of request: of ARM itself, malformed, of a resource, of nothing yet', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.OperationalInsights');
  await put(sandbox, 'rg');
  const one = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/workspace`;
  const code = async (path: string): Promise<unknown> =>
    ((await sandbox.request('GET', path)).body['error'] as Record<string, unknown>)['code'];
  expect(await code(`${sandbox.subscription}/resourcegroups?api-version=2099-01-01`)).toBe(
    'InvalidApiVersionParameter',
  );
  expect(await code(`${one}?api-version=latest`)).toBe('InvalidApiVersionParameter');
  expect(await code(`${one}?api-version=2099-01-01`)).toBe('InvalidResourceType');
  await sandbox.request('PUT', `${one}?api-version=2025-07-01`, { body: { location: 'uksouth' } });
  expect(await code(`${one}?api-version=2099-01-01`)).toBe('NoRegisteredProviderFound');
});
