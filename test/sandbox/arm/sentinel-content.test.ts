import { expect, test } from 'vitest';
import { world } from '../world.ts';
import type { Answer, World } from '../world.ts';

const version = 'api-version=2025-09-01';
const of = (sandbox: World, rest: string): string =>
  `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/workspace/providers/Microsoft.SecurityInsights/${rest}?${version}`;
const inner = ({ body }: Answer): Readonly<Record<string, unknown>> => body['properties'] as Record<string, unknown>;
const guid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** A workspace with Sentinel on. */
const onboarded = async (speed = 2000): Promise<World> => {
  const sandbox = await world({ speed });
  await sandbox.register('Microsoft.OperationalInsights', 'Microsoft.SecurityInsights');
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  const workspace = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/workspace?api-version=2025-07-01`;
  await sandbox.request('PUT', workspace, { body: { location: 'uksouth' } });
  await sandbox.until(workspace, (answer) => inner(answer)['provisioningState'] === 'Succeeded');
  await sandbox.request('PUT', of(sandbox, 'onboardingStates/default'), {
    body: { properties: { customerManagedKey: false } },
  });
  await sandbox.until(of(sandbox, 'onboardingStates/default'), ({ status }) => status === 200);
  return sandbox;
};

const watchlist = (change: Readonly<Record<string, unknown>> = {}) => ({
  properties: {
    displayName: 'Known good',
    provider: 'us',
    source: 'known-good.csv',
    sourceType: 'Local',
    itemsSearchKey: 'image',
    contentType: 'text/csv',
    rawContent: 'namespace,image,why\npets,"a/b:1","says ""ours"", twice"\nkube-system,c/d,\n',
    ...change,
  },
});

const query = async (sandbox: World, text: string): Promise<Answer> => {
  const workspace = await sandbox.request(
    'GET',
    `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/workspace?api-version=2025-07-01`,
  );
  return sandbox.request(
    'POST',
    `${sandbox.published.logs}/v1/workspaces/${String(inner(workspace)['customerId'])}/query`,
    {
      token: await sandbox.token(`${sandbox.published.logs}/.default`),
      body: { query: text },
    },
  );
};

test('Sentinel is refused without its flag, and everything of it in a workspace without Sentinel', async () => {
  const sandbox = await onboarded();
  for (const body of [undefined, {}, { properties: {} }])
    expect(await sandbox.request('PUT', of(sandbox, 'onboardingStates/default'), { body })).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest' } },
    });
  expect(await sandbox.request('DELETE', of(sandbox, 'onboardingStates/default'))).toMatchObject({ status: 200 });
  for (const type of ['watchlists', 'incidents', 'bookmarks', 'metadata', 'alertRules'])
    expect((await sandbox.request('GET', of(sandbox, type))).text).toContain(
      "Workspace 'workspace' is not onboarded to Microsoft Sentinel. Please onboard through the portal",
    );
});

test('a watchlist takes its items in an operation, and queries know them afterwards', async () => {
  const sandbox = await onboarded(200);
  const put = await sandbox.request('PUT', of(sandbox, 'watchlists/known-good'), { body: watchlist() });
  expect(put).toMatchObject({
    status: 201,
    body: {
      type: 'Microsoft.SecurityInsights/Watchlists',
      properties: { provisioningState: 'Uploading', uploadStatus: 'InProgress', watchlistAlias: 'known-good' },
    },
  });
  expect(inner(put)).not.toHaveProperty('rawContent');
  expect(await sandbox.request('DELETE', of(sandbox, 'watchlists/known-good'))).toMatchObject({ status: 409 });
  const operation = put.headers['azure-asyncoperation'] ?? '';
  expect(await sandbox.request('GET', operation)).toMatchObject({ status: 200, body: { status: 'InProgress' } });
  expect((await sandbox.request('GET', operation.replace('&h=', '&h=x'))).status).toBe(403);
  await sandbox.until(operation, ({ body }) => body['status'] === 'Succeeded');
  const items = await sandbox.request('GET', of(sandbox, 'watchlists/known-good/watchlistItems'));
  expect(items.body['value']).toMatchObject([
    { properties: { itemsKeyValue: { namespace: 'pets', image: 'a/b:1', why: 'says "ours", twice' } } },
    { properties: { itemsKeyValue: { namespace: 'kube-system', image: 'c/d', why: '' } } },
  ]);
  const answer = await query(
    sandbox,
    "_GetWatchlist('known-good') | project SearchKey, why = tostring(WatchlistItem.why) | order by SearchKey asc",
  );
  expect(answer.body).toMatchObject({
    tables: [
      {
        rows: [
          ['a/b:1', 'says "ours", twice'],
          ['c/d', ''],
        ],
      },
    ],
  });
});

test('content of a second PUT comes on top of the first, and single items come and go', async () => {
  const sandbox = await onboarded();
  const ready = () =>
    sandbox.until(of(sandbox, 'watchlists/known-good'), (one) => inner(one)['provisioningState'] === 'Succeeded');
  await sandbox.request('PUT', of(sandbox, 'watchlists/known-good'), { body: watchlist() });
  await ready();
  expect(
    await sandbox.request('PUT', of(sandbox, 'watchlists/known-good'), {
      body: watchlist({ rawContent: '# generated\nimage\ne/f\n', numberOfLinesToSkip: 1 }),
    }),
  ).toMatchObject({ status: 200 });
  await ready();
  const one = of(sandbox, `watchlists/known-good/watchlistItems/${guid(1)}`);
  expect(
    await sandbox.request('PUT', one, { body: { properties: { itemsKeyValue: { image: 'g/h' } } } }),
  ).toMatchObject({ status: 201 });
  expect(
    await sandbox.request('PUT', one, { body: { properties: { itemsKeyValue: { why: 'no key' } } } }),
  ).toMatchObject({ status: 400 });
  const list = await sandbox.request('GET', of(sandbox, 'watchlists/known-good/watchlistItems'));
  expect(list.body['value']).toHaveLength(4);
  expect((await sandbox.request('DELETE', one)).status).toBe(200);
  expect((await sandbox.request('DELETE', one)).status).toBe(204);
});

test.each([
  ['no search key', { itemsSearchKey: undefined }, /itemsSearchKey/u],
  ['a search key that is no column', { itemsSearchKey: 'user' }, /'user' is not one of the columns/u],
  [
    'a source type in the words of the portal',
    { sourceType: 'Local file' },
    /Error converting 'Local file' for path 'properties\.sourceType'/u,
  ],
  ['a line with too many cells', { rawContent: 'image\na,b\n' }, /has 2 cells, but there are 1 columns/u],
  ['an unknown content type', { contentType: 'application/json' }, /text\/csv/u],
])('a watchlist with %s is refused', async (_what, change, words) => {
  const sandbox = await onboarded();
  const answer = await sandbox.request('PUT', of(sandbox, 'watchlists/known-good'), { body: watchlist(change) });
  expect(answer.status).toBe(400);
  expect(answer.text).toMatch(words);
  expect((await sandbox.request('GET', of(sandbox, 'watchlists/known-good'))).status).toBe(404);
});

test('a watchlist is deleted in an operation, and cannot be made again meanwhile', async () => {
  const sandbox = await onboarded(200);
  await sandbox.request('PUT', of(sandbox, 'watchlists/known-good'), { body: watchlist({ rawContent: undefined }) });
  const removal = await sandbox.request('DELETE', of(sandbox, 'watchlists/known-good'));
  expect(removal).toMatchObject({ status: 202, text: '' });
  expect(await sandbox.request('PUT', of(sandbox, 'watchlists/known-good'), { body: watchlist() })).toMatchObject({
    status: 409,
    body: { error: { message: 'Delete is currently in progress.' } },
  });
  await sandbox.until(removal.headers['azure-asyncoperation'] ?? '', ({ body }) => body['status'] === 'Succeeded');
  expect((await sandbox.request('DELETE', of(sandbox, 'watchlists/known-good'))).status).toBe(204);
});

test('an incident is made, closed with its etag and a fitting reason, and counted', async () => {
  const sandbox = await onboarded();
  const url = of(sandbox, `incidents/${guid(1)}`);
  const properties = { title: 'A shell', severity: 'High', status: 'New' };
  const made = await sandbox.request('PUT', url, { body: { properties } });
  expect(made).toMatchObject({
    status: 201,
    body: {
      type: 'Microsoft.SecurityInsights/Incidents',
      properties: {
        incidentNumber: 1,
        providerName: 'Azure Sentinel',
        owner: { assignedTo: null },
        additionalData: { alertsCount: 0, commentsCount: 0 },
      },
    },
  });
  expect(String(made.body['id'])).toContain('/Microsoft.SecurityInsights/Incidents/');
  const closing = { ...properties, status: 'Closed' };
  const close = (change: object, etag = made.body['etag']) =>
    sandbox.request('PUT', url, { body: { etag, properties: { ...closing, ...change } } });
  expect((await close({})).status).toBe(400);
  expect((await close({ classification: 'TruePositive', classificationReason: 'InaccurateData' })).status).toBe(400);
  expect((await close({ classification: 'Undetermined' }, '"old"')).status).toBe(409);
  expect(await close({ classification: 'TruePositive', classificationReason: 'SuspiciousActivity' })).toMatchObject({
    status: 200,
    body: { properties: { status: 'Closed', classification: 'TruePositive', incidentNumber: 1 } },
  });
  await sandbox.request('PUT', of(sandbox, `incidents/${guid(1)}/comments/${guid(2)}`), {
    body: { properties: { message: 'It was us.' } },
  });
  const bookmark = await sandbox.request('PUT', of(sandbox, `bookmarks/${guid(3)}`), {
    body: { properties: { displayName: 'The row', query: 'ContainerLogV2 | take 1' } },
  });
  await sandbox.request('PUT', of(sandbox, `incidents/${guid(1)}/relations/row`), {
    body: { properties: { relatedResourceId: bookmark.body['id'] } },
  });
  expect(inner(await sandbox.request('GET', url))).toMatchObject({
    additionalData: { commentsCount: 1, bookmarksCount: 1 },
  });
  expect((await sandbox.request('POST', of(sandbox, `incidents/${guid(1)}/bookmarks`))).body).toMatchObject({
    value: [{ kind: 'Bookmark', properties: { displayName: 'The row' } }],
  });
  expect((await sandbox.request('POST', of(sandbox, `incidents/${guid(1)}/entities`))).body).toEqual({
    entities: [],
    metaData: [],
  });
});

test('incidents are listed newest first, filtered, ordered and in pages', async () => {
  const sandbox = await onboarded();
  for (let index = 1; index <= 12; index += 1)
    await sandbox.request('PUT', of(sandbox, `incidents/${guid(index)}`), {
      body: { properties: { title: `No ${index}`, severity: index % 2 === 0 ? 'High' : 'Low', status: 'New' } },
    });
  const titles = ({ body }: Answer) =>
    (body['value'] as { properties: { title: string } }[]).map(({ properties }) => properties.title);
  const first = await sandbox.request('GET', of(sandbox, 'incidents'));
  expect(titles(first)).toHaveLength(10);
  expect(titles(await sandbox.request('GET', String(first.body['nextLink'])))).toHaveLength(2);
  const asked = (text: string) => sandbox.request('GET', `${of(sandbox, 'incidents')}&${text}`);
  expect(
    titles(
      await asked(
        "$filter=properties/severity%20eq%20'High'%20and%20properties/incidentNumber%20gt%208&$orderby=properties/incidentNumber%20asc",
      ),
    ),
  ).toEqual(['No 10', 'No 12']);
  expect((await asked('$filter=severity')).status).toBe(400);
});

test('metadata is kept with its id in lower-case groups, and PATCH adds to it', async () => {
  const sandbox = await onboarded();
  const url = of(sandbox, 'metadata/rule-1');
  expect(
    await sandbox.request('PUT', url, { body: { properties: { parentId: '/rules/1', kind: 'AnalyticsRule' } } }),
  ).toMatchObject({ status: 201 });
  expect(await sandbox.request('PUT', url, { body: { properties: { kind: 'AnalyticsRule' } } })).toMatchObject({
    status: 400,
  });
  const patched = await sandbox.request('PATCH', url, { body: { properties: { version: '1.0.1' } } });
  expect(patched).toMatchObject({ status: 200, body: { properties: { version: '1.0.1', contentId: '1' } } });
  expect(String(patched.body['id'])).toContain('/resourcegroups/rg/');
});
