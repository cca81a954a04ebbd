import type { Answer, Call, Script } from '../call.ts';
import { configMap } from './objects.ts';

const events = '/api/v1/namespaces/{ns}/events';
const modern = '/apis/events.k8s.io/v1/namespaces/{ns}/events';
const maps = '/api/v1/namespaces/{ns}/configmaps';

const metadataOf = ({ body }: Answer): { readonly continue?: string; readonly resourceVersion?: string } =>
  (body as { readonly metadata?: object }).metadata ?? {};
const namesOf = ({ body }: Answer): readonly string[] =>
  ((body as { readonly items?: readonly { readonly metadata: { readonly name: string } }[] }).items ?? []).map(
    ({ metadata }) => metadata.name,
  );

const event = (name: string, namespace: string): object => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name, namespace },
  involvedObject: { kind: 'Pod', namespace, name: 'p', apiVersion: 'v1' },
  reason: 'Tested',
  message: name,
  type: 'Normal',
  source: { component: 'differential' },
});

const made = (names: readonly string[]): Call => ({
  name: `events ${names.join(', ')}`,
  async run(world) {
    const answers = [];
    for (const name of names) answers.push((await world.ask('POST', events, event(name, world.namespace))).status);
    return answers;
  },
});

const asked = (name: string, path: (kept: ReadonlyMap<string, string>) => string): Call => ({
  name,
  run: (world) => world.ask('GET', path(world.kept)),
});

const token = (kept: ReadonlyMap<string, string>, key: string): string => encodeURIComponent(kept.get(key) ?? '');

/** What is told of moments that the store has forgotten. Events are in no cache of the API server's, so that each is told by etcd. */
export const script: Script = {
  name: 'expired',
  calls: [
    made(['a', 'b', 'c', 'd']),
    {
      name: 'the first page, before all is compacted',
      async run(world) {
        const first = await world.ask('GET', `${events}?limit=1`);
        world.kept.set('old', metadataOf(first).continue ?? '');
        world.kept.set('version', metadataOf(first).resourceVersion ?? '');
        world.kept.set('labelled', metadataOf(await world.ask('GET', `${modern}?limit=2`)).continue ?? '');
        return first;
      },
    },
    made(['bb', 'e']),
    {
      name: 'all is compacted',
      async run(world) {
        await world.compact();
        return 'done';
      },
    },
    {
      name: 'the second page',
      async run(world) {
        const answer = await world.ask('GET', `${events}?limit=2&continue=${token(world.kept, 'old')}`);
        const { continue: next = '' } = metadataOf(answer);
        world.kept.set('inconsistent', next);
        return { answer, another: next !== '' && next !== world.kept.get('old') };
      },
    },
    {
      name: 'a page of what there is now, with the token of the refusal',
      async run(world) {
        const path = `${events}?limit=2&continue=${token(world.kept, 'inconsistent')}`;
        const answer = await world.ask('GET', path);
        world.kept.set('rest', metadataOf(answer).continue ?? '');
        return { answer, names: namesOf(answer) };
      },
    },
    asked('the page after that', (kept) => `${events}?limit=2&continue=${token(kept, 'rest')}`),
    asked('the second page of another version', (kept) => `${modern}?continue=${token(kept, 'labelled')}`),
    asked('the token of the refusal, with a resourceVersion', (kept) => {
      const version = kept.get('version') ?? '';
      return `${events}?continue=${token(kept, 'inconsistent')}&resourceVersion=${version}`;
    }),
    asked(
      'exactly as it was',
      (kept) => `${events}?resourceVersion=${kept.get('version') ?? ''}&resourceVersionMatch=Exact`,
    ),
    asked(
      'not older than it was',
      (kept) => `${events}?resourceVersion=${kept.get('version') ?? ''}&resourceVersionMatch=NotOlderThan`,
    ),
    asked(
      'a watch from where it was',
      (kept) => `${events}?watch=true&resourceVersion=${kept.get('version') ?? ''}&timeoutSeconds=5`,
    ),
    {
      name: 'a watch of what a cache holds, from before',
      async run(world) {
        const { resourceVersion = '' } = metadataOf(await world.ask('GET', maps));
        await world.ask('POST', maps, configMap('later'));
        await world.compact();
        return world.watch(`${maps}?watch=true&resourceVersion=${resourceVersion}`, (seen) => seen.length > 0);
      },
    },
    asked(
      'a list not older than the beginning of time',
      () => `${maps}?resourceVersion=1&fieldSelector=metadata.name%3Dlater`,
    ),
    asked('tokens of no base64', () => `${maps}?continue=%21%21`),
    asked(
      'tokens of another version',
      () => `${maps}?continue=${Buffer.from('{"v":"v9","rv":1,"start":"a"}').toString('base64url')}`,
    ),
    asked(
      'tokens without a moment',
      () => `${maps}?continue=${Buffer.from('{"v":"meta.k8s.io/v1","start":"a"}').toString('base64url')}`,
    ),
    asked(
      'tokens without a key',
      () => `${maps}?continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":1}').toString('base64url')}`,
    ),
  ],
};
