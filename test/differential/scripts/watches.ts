import { http, type Answer, type Call, type Script, type WatchEvent, type World } from '../call.ts';
import { configMap } from './objects.ts';

const all = '/api/v1/namespaces/{ns}/configmaps';
const mine = 'labelSelector=set%3Dmine';
const labelled = (name: string, k: string, set = 'mine'): object => configMap(name, { k }, { labels: { set } });
const versionOf = ({ body }: Answer): string =>
  (body as { readonly metadata: { readonly resourceVersion: string } }).metadata.resourceVersion;
const count =
  (wanted: number) =>
  (events: readonly WatchEvent[]): boolean =>
    events.length >= wanted;

/** Watches while `meanwhile` goes on, from the version of now. */
const during = (name: string, wanted: number, query: string, meanwhile: (world: World) => Promise<unknown>): Call => ({
  name,
  async run(world) {
    const from = versionOf(await world.ask('GET', all));
    const events = world.watch(`${all}?watch=true&${query}&resourceVersion=${from}`, count(wanted));
    await meanwhile(world);
    return events;
  },
});

/** What watchers are told, and how they begin again. */
export const script: Script = {
  name: 'watches',
  calls: [
    http('create one', 'POST', all, labelled('a', '1')),
    {
      name: 'what is there, without a version',
      run: (world) => world.watch(`${all}?watch=true&${mine}`, count(1)),
    },
    {
      name: 'what is there, from version 0',
      run: (world) => world.watch(`${all}?watch=1&${mine}&resourceVersion=0`, count(1)),
    },
    during('a life', 3, mine, async ({ ask }) => {
      await ask('POST', all, labelled('b', '1'));
      await ask('PUT', `${all}/b`, labelled('b', '2'));
      await ask('DELETE', `${all}/b`);
    }),
    during('into a selection and out of it', 2, mine, async ({ ask }) => {
      await ask('POST', all, labelled('c', '1', 'other'));
      await ask('PUT', `${all}/c`, labelled('c', '1'));
      await ask('PUT', `${all}/c`, labelled('c', '2', 'other'));
      await ask('DELETE', `${all}/c`);
    }),
    during('one object by a field', 1, 'fieldSelector=metadata.name%3Dd', async ({ ask }) => {
      await ask('POST', all, labelled('x', '1'));
      await ask('POST', all, labelled('d', '1'));
    }),
    {
      name: 'what has happened since',
      async run(world) {
        const from = versionOf(await world.ask('GET', all));
        await world.ask('PUT', `${all}/a`, labelled('a', '5'));
        await world.ask('PUT', `${all}/a`, labelled('a', '6'));
        return world.watch(`${all}?watch=true&${mine}&resourceVersion=${from}`, count(2));
      },
    },
    {
      name: 'a watch list, up to its bookmark',
      run: (world) =>
        world.watch(
          `${all}?watch=true&${mine}&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`,
          (events) => events.some(({ type }) => type === 'BOOKMARK'),
        ),
    },
    http('a watch list without its match', 'GET', `${all}?watch=true&sendInitialEvents=true`),
    http(
      'a watch list without bookmarks',
      'GET',
      `${all}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1`,
    ),
    http('sendInitialEvents without a watch', 'GET', `${all}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan`),
    http('a match on a plain watch', 'GET', `${all}?watch=true&resourceVersionMatch=NotOlderThan&resourceVersion=1`),
    http('from a version that is no number', 'GET', `${all}?watch=true&resourceVersion=abc`),
    http('with a bad selector', 'GET', `${all}?watch=true&labelSelector=%3D%3D%3D`),
    http('that ends by itself', 'GET', `${all}?watch=true&${mine}&resourceVersion=0&timeoutSeconds=1`),
    http('as tables', 'GET', `${all}?watch=true&${mine}&resourceVersion=0&timeoutSeconds=1`, undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    }),
    http('of metadata alone', 'GET', `${all}?watch=true&${mine}&resourceVersion=0&timeoutSeconds=1`, undefined, {
      accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    }),
    {
      name: 'of a single object, by the old path',
      run: (world) => world.watch('/api/v1/watch/namespaces/{ns}/configmaps/a', count(1)),
    },
  ],
};
