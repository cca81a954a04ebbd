import { asProduct, http, type Answer, type Call, type Script } from '../call.ts';
import { configMap } from './objects.ts';

const all = '/api/v1/namespaces/{ns}/configmaps';
const mine = 'labelSelector=set%3Dmine';

const make = (name: string, labels: Readonly<Record<string, string>>): Call =>
  http(`create ${name}`, 'POST', all, configMap(name, {}, { labels: { set: 'mine', ...labels } }));

const tokenOf = ({ body }: Answer): string =>
  (body as { readonly metadata: { readonly continue?: string } }).metadata.continue ?? '';
const versionOf = ({ body }: Answer): string =>
  (body as { readonly metadata: { readonly resourceVersion: string } }).metadata.resourceVersion;

const page = (name: string, query: string): Call => ({
  name,
  async run(world) {
    const token = world.kept.get('continue') ?? '';
    const answer = await world.ask('GET', `${all}?${query}&continue=${encodeURIComponent(token)}`);
    world.kept.set('continue', tokenOf(answer));
    return answer;
  },
});

const select = (what: string, query: string): Call => http(what, 'GET', `${all}?${query}`);
const labels = (selector: string): Call =>
  select(`labels ${selector}`, `labelSelector=${encodeURIComponent(selector)}`);
const fields = (plural: string, selector: string): Call =>
  http(
    `fields of ${plural} ${selector}`,
    'GET',
    `/api/v1/namespaces/{ns}/${plural}?fieldSelector=${encodeURIComponent(selector)}`,
  );

/** Lists, in pages and selections, and of which moment they tell. */
export const script: Script = {
  name: 'lists',
  calls: [
    make('a', { tier: 'web' }),
    make('b', { tier: 'web', canary: '' }),
    make('c', { tier: 'db' }),
    make('d', {}),
    asProduct(select('by label', mine)),
    page('the first page of two', `${mine}&limit=2`),
    page('the second page', `${mine}&limit=2`),
    page('the first page without a selector', 'limit=1'),
    page('a page between', 'limit=2'),
    select('a continue that nobody gave', 'limit=2&continue=nonsense'),
    {
      name: 'a continue together with a resourceVersion',
      async run(world) {
        const first = await world.ask('GET', `${all}?limit=1`);
        return world.ask('GET', `${all}?limit=1&resourceVersion=5&continue=${encodeURIComponent(tokenOf(first))}`);
      },
    },
    select('a limit that is no number', 'limit=many'),
    select('a limit below zero', `${mine}&limit=-1`),
    select('resourceVersion 0', `${mine}&resourceVersion=0`),
    select('resourceVersion 0 with NotOlderThan', `${mine}&resourceVersion=0&resourceVersionMatch=NotOlderThan`),
    select('resourceVersion 0 with Exact', `${mine}&resourceVersion=0&resourceVersionMatch=Exact`),
    select('resourceVersionMatch without a version', `${mine}&resourceVersionMatch=Exact`),
    select('a match that there is not', `${mine}&resourceVersion=1&resourceVersionMatch=Sometimes`),
    select('a resourceVersion that is no number', `${mine}&resourceVersion=abc`),
    {
      name: 'exactly as it was',
      async run(world) {
        const before = await world.ask('GET', `${all}?${mine}`);
        await world.ask('POST', all, configMap('e', {}, { labels: { set: 'mine' } }));
        return world.ask('GET', `${all}?${mine}&resourceVersion=${versionOf(before)}&resourceVersionMatch=Exact`);
      },
    },
    {
      name: 'not older than a version',
      async run(world) {
        const before = await world.ask('GET', `${all}?${mine}`);
        return world.ask(
          'GET',
          `${all}?${mine}&resourceVersion=${versionOf(before)}&resourceVersionMatch=NotOlderThan`,
        );
      },
    },
    {
      name: 'pages keep to the moment of the first',
      async run(world) {
        const first = await world.ask('GET', `${all}?${mine}&limit=2`);
        await world.ask('POST', all, configMap('f', {}, { labels: { set: 'mine' } }));
        const second = await world.ask('GET', `${all}?${mine}&continue=${encodeURIComponent(tokenOf(first))}`);
        return { second, sameVersion: versionOf(first) === versionOf(second) };
      },
    },
    labels('tier=web'),
    labels('tier==web'),
    labels('tier!=web'),
    labels('tier in (web,db)'),
    labels('tier notin (web)'),
    labels('tier'),
    labels('!tier'),
    labels('canary='),
    labels('tier=web,!canary'),
    labels('set=mine,tier in (db)'),
    labels('tier in web'),
    labels('tier in ()'),
    labels('=web'),
    labels('tier=web=db'),
    labels('tier>1'),
    labels('tier=not a value'),
    labels('a/b/c=d'),
    labels(','),
    fields('configmaps', 'metadata.name=a'),
    fields('configmaps', 'metadata.name!=a,metadata.namespace={ns}'),
    fields('configmaps', 'metadata.name==b'),
    fields('configmaps', 'data.k=v'),
    fields('configmaps', 'metadata.name'),
    fields('pods', 'status.phase=Running'),
    fields('pods', 'spec.containers=x'),
    fields('events', 'involvedObject.kind=Pod,reason=Nothing'),
    fields('secrets', 'type=helm.sh/release.v1'),
    fields('services', 'spec.type=ClusterIP'),
    http(
      'by name through a selector of the whole cluster',
      'GET',
      '/api/v1/namespaces?fieldSelector=metadata.name%3D{ns}',
    ),
    http('get at a resourceVersion of the future', 'GET', `${all}/a?resourceVersion=99999999999`),
    http('get at resourceVersion 0', 'GET', `${all}/a?resourceVersion=0`),
  ],
};
