import { describe, expect, test } from 'vitest';
import { configMap, startLab, type Lab } from '../lab.ts';

const maps = '/api/v1/namespaces/default/configmaps';

interface ListBody {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
}

const list = async (lab: Lab, query: string): Promise<ListBody> =>
  (await lab.ask('GET', `${maps}?${query}`)).body as unknown as ListBody;
const names = ({ items }: ListBody): readonly string[] => items.map(({ metadata }) => metadata.name);

const fill = async (lab: Lab): Promise<void> => {
  for (const [name, tier] of [
    ['a', 'front'],
    ['b', 'back'],
    ['c', 'back'],
  ] as const) {
    await lab.ask('POST', maps, configMap(name, {}, { labels: { tier, app: name } }));
  }
};

describe('lists', () => {
  test.each([
    ['tier=back', ['b', 'c']],
    ['tier!=back,app', ['a']],
    ['app in (a,c),tier', ['a', 'c']],
    ['app notin (a),tier', ['b', 'c']],
    ['!tier', ['kube-root-ca.crt']],
  ])('are cut by the label selector %s', async (selector, expected) => {
    const lab = await startLab();
    await fill(lab);
    expect(names(await list(lab, `labelSelector=${encodeURIComponent(selector)}`))).toEqual(expected);
  });

  test('are cut by field selectors, and a field that cannot be selected is refused', async () => {
    const lab = await startLab();
    await fill(lab);
    expect(names(await list(lab, 'fieldSelector=metadata.name%3Db'))).toEqual(['b']);
    expect((await lab.ask('GET', `${maps}?fieldSelector=data.x%3D1`)).body['message']).toBe(
      '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
  });

  test('come in pages', async () => {
    const lab = await startLab();
    await fill(lab);
    const first = await list(lab, 'limit=2');
    const second = await list(lab, `limit=2&continue=${first.metadata.continue ?? ''}`);
    expect([names(first), names(second)]).toEqual([
      ['a', 'b'],
      ['c', 'kube-root-ca.crt'],
    ]);
    expect(first.metadata.remainingItemCount).toBe(2);
    expect(second.metadata).not.toHaveProperty('continue');
    expect((await lab.ask('GET', `${maps}?limit=2&continue=rubbish`)).status).toBe(400);
  });

  test('are deleted as a collection, by selector', async () => {
    const lab = await startLab();
    await fill(lab);
    await lab.ask('DELETE', `${maps}?labelSelector=tier%3Dback`);
    expect(names(await list(lab, 'labelSelector=tier'))).toEqual(['a']);
  });
});

describe('watches', () => {
  test('go on from a resourceVersion without losing or repeating anything', async () => {
    const lab = await startLab();
    const { metadata } = await list(lab, '');
    await fill(lab);
    await lab.ask('DELETE', `${maps}/b`);
    const events = await lab.watch(
      `${maps}?watch=true&labelSelector=tier&resourceVersion=${metadata.resourceVersion}`,
      (seen) => seen.length >= 4,
    );
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`)).toEqual([
      'ADDED a',
      'ADDED b',
      'ADDED c',
      'DELETED b',
    ]);
  });

  test('say that an object left the selection', async () => {
    const lab = await startLab();
    await fill(lab);
    const { metadata } = await list(lab, '');
    const merge = { 'content-type': 'application/merge-patch+json' };
    await lab.ask('PATCH', `${maps}/b`, { metadata: { labels: { tier: 'front' } } }, merge);
    const at = `watch=true&resourceVersion=${metadata.resourceVersion}&labelSelector=tier`;
    expect((await lab.watch(`${maps}?${at}%3Dback`, (seen) => seen.length > 0))[0]).toMatchObject({ type: 'DELETED' });
    expect((await lab.watch(`${maps}?${at}%3Dfront`, (seen) => seen.length > 0))[0]).toMatchObject({ type: 'ADDED' });
  });

  test('with sendInitialEvents give the whole list first and mark its end', async () => {
    const lab = await startLab();
    await fill(lab);
    const query =
      'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=tier';
    const events = await lab.watch(`${maps}?${query}`, (seen) => seen.some(({ type }) => type === 'BOOKMARK'));
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'ADDED', 'BOOKMARK']);
    expect(events.at(-1)?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    expect((await lab.ask('GET', `${maps}?watch=true&sendInitialEvents=true`)).status).toBe(422);
  });

  test('are told 410 Gone about a version from before the server started', async () => {
    const lab = await startLab();
    const events = await lab.watch(`${maps}?watch=true&resourceVersion=1`, (seen) => seen.length > 0);
    expect(events).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410 } }]);
  });

  test('end after timeoutSeconds', async () => {
    const lab = await startLab();
    const { metadata } = await list(lab, '');
    await expect(
      lab.watch(
        `${maps}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dnone&resourceVersion=${metadata.resourceVersion}`,
        () => false,
      ),
    ).resolves.toEqual([]);
  });
});

test('a Table has the columns of kubectl get', async () => {
  const lab = await startLab();
  const accept = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
  const { body } = await lab.ask('GET', '/apis/apps/v1/namespaces/kube-system/daemonsets', undefined, accept);
  const { columnDefinitions, rows } = body as unknown as {
    columnDefinitions: readonly { name: string; priority: number }[];
    rows: readonly { cells: readonly unknown[] }[];
  };
  expect(columnDefinitions.filter(({ priority }) => priority === 0).map(({ name }) => name)).toEqual([
    'Name',
    'Desired',
    'Current',
    'Ready',
    'Up-to-date',
    'Available',
    'Node Selector',
    'Age',
  ]);
  expect(rows.map(({ cells }) => cells[0])).toContain('windows-kube-proxy-initializer');
});
