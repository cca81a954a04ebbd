import { setTimeout as pause } from 'node:timers/promises';
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  KubernetesObjectApi,
  Log,
  PatchStrategy,
  setHeaderOptions,
  Watch,
  type V1ConfigMap,
} from '@kubernetes/client-node';
import { PassThrough } from 'node:stream';
import type { Call, Script, World } from '../call.ts';
import { configMap, deployment } from '../scripts/objects.ts';
import { runningPod } from './product.ts';

/** A typed client's answer, or its exception without the headers that are told elsewhere. */
const outcome = async (act: Promise<unknown>): Promise<unknown> => {
  try {
    return await act;
  } catch (error) {
    // What the client itself has to say, having looked for a kind.
    if (!(error instanceof ApiException)) return { says: error instanceof Error ? error.message : String(error) };
    const body: unknown = error.body;
    return {
      code: error.code,
      body: typeof body === 'string' && body.startsWith('{') ? (JSON.parse(body) as unknown) : body,
    };
  }
};

interface Clients {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly objects: KubernetesObjectApi;
  readonly namespace: string;
  readonly world: World;
}

const call = (name: string, act: (clients: Clients) => Promise<unknown>): Call => ({
  name,
  run: (world) =>
    outcome(
      act({
        core: world.client.makeApiClient(CoreV1Api),
        apps: world.client.makeApiClient(AppsV1Api),
        objects: KubernetesObjectApi.makeApiClient(world.client),
        namespace: world.namespace,
        world,
      }),
    ),
});

const labelled = (name: string, set: string, data: Readonly<Record<string, string>> = { k: 'v' }): V1ConfigMap =>
  configMap(name, data, { labels: { set } });

const patch = (name: string, strategy: string, body: object, of = 'a'): Call =>
  call(name, ({ core, namespace }) =>
    core.patchNamespacedConfigMap({ name: of, namespace, body }, setHeaderOptions('Content-Type', strategy)),
  );

const apply = (name: string, manager: string, data: Readonly<Record<string, string>>, force?: boolean): Call =>
  call(name, ({ core, namespace }) =>
    core.patchNamespacedConfigMap(
      {
        name: 'applied',
        namespace,
        fieldManager: manager,
        ...(force === undefined ? {} : { force }),
        body: configMap('applied', data),
      },
      setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
    ),
  );

const list = (name: string, query: object): Call =>
  call(name, ({ core, namespace }) => core.listNamespacedConfigMap({ namespace, ...query }));

const remove = (name: string, of: string, preconditions?: (map: V1ConfigMap) => object): Call =>
  call(name, async ({ core, namespace }) => {
    const body =
      preconditions === undefined
        ? {}
        : { body: { preconditions: preconditions(await core.readNamespacedConfigMap({ name: of, namespace })) } };
    return core.deleteNamespacedConfigMap({ name: of, namespace, ...body });
  });

interface Seen {
  readonly type: string;
  readonly object: unknown;
}

/** What a watch of client-node's hands on until it ends by itself, or `enough` are there. */
const watched = (
  name: string,
  query: Readonly<Record<string, string | number | boolean>>,
  enough: number,
  meanwhile: (clients: Clients) => Promise<unknown>,
): Call =>
  call(name, async (clients) => {
    const seen: Seen[] = [];
    const path = `/api/v1/namespaces/${clients.namespace}/configmaps`;
    const ended = Promise.withResolvers<unknown>();
    const controller = await new Watch(clients.world.client).watch(
      path,
      query,
      (type: string, object: unknown) => {
        seen.push({ type, object });
        if (seen.length >= enough) ended.resolve('enough');
      },
      (error: unknown) => ended.resolve(error instanceof Error ? error.message : 'the server ended it'),
    );
    await meanwhile(clients);
    const why = await Promise.race([ended.promise, pause(10_000, 'nothing more came', { ref: false })]);
    controller.abort();
    return { why, seen };
  });

const logged = (name: string, pod: string, container: string, options: object): Call =>
  call(name, async ({ world, namespace }) => {
    const chunks: Buffer[] = [];
    const stream = new PassThrough().on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise((resolve) => stream.on('end', resolve));
    await new Log(world.client).log(namespace, pod, container, stream, options);
    await ended;
    return Buffer.concat(chunks).toString();
  });

const absent = '00000000-0000-0000-0000-000000000002';

/** What programs make of Kubernetes' own typed client for Node. */
export const script: Script = {
  name: 'client-node',
  calls: [
    ...['a', 'b', 'c'].map((name) =>
      call(`create ${name}`, ({ core, namespace }) =>
        core.createNamespacedConfigMap({ namespace, body: labelled(name, name === 'c' ? 'other' : 'mine') }),
      ),
    ),
    call('create it again', ({ core, namespace }) =>
      core.createNamespacedConfigMap({ namespace, body: labelled('a', 'mine') }),
    ),
    call('create for show', ({ core, namespace }) =>
      core.createNamespacedConfigMap({ namespace, dryRun: 'All', body: labelled('shown', 'mine') }),
    ),
    call('read', ({ core, namespace }) => core.readNamespacedConfigMap({ name: 'a', namespace })),
    call('read what is not there', ({ core, namespace }) => core.readNamespacedConfigMap({ name: 'none', namespace })),
    list('list by label', { labelSelector: 'set=mine' }),
    list('list by labels of a set', { labelSelector: 'set in (mine,other),!none' }),
    list('list by field', { fieldSelector: 'metadata.name=b' }),
    list('list by a field that there is not', { fieldSelector: 'data.k=v' }),
    call('list in pages', async ({ core, namespace }) => {
      const first = await core.listNamespacedConfigMap({ namespace, limit: 1 });
      const token = first.metadata?._continue ?? '';
      const second = await core.listNamespacedConfigMap({ namespace, limit: 10, _continue: token });
      const versions = [first, second].map(({ metadata }) => metadata?.resourceVersion);
      return { first, second, oneMoment: versions[0] === versions[1] };
    }),
    call('replace', async ({ core, namespace }) => {
      const read = await core.readNamespacedConfigMap({ name: 'b', namespace });
      return core.replaceNamespacedConfigMap({
        name: 'b',
        namespace,
        body: Object.assign(read, { data: { k: 'new' } }),
      });
    }),
    call('replace what somebody changed', async ({ core, namespace, world }) => {
      const read = await core.readNamespacedConfigMap({ name: 'b', namespace });
      await world.ask('PUT', '/api/v1/namespaces/{ns}/configmaps/b', labelled('b', 'mine', { k: 'theirs' }));
      return core.replaceNamespacedConfigMap({
        name: 'b',
        namespace,
        body: Object.assign(read, { data: { k: 'mine' } }),
      });
    }),
    patch('a merge patch', PatchStrategy.MergePatch, { data: { k: null, m: '1' } }),
    patch('a strategic patch', PatchStrategy.StrategicMergePatch, { metadata: { labels: { s: 't' } } }),
    patch('a JSON patch', PatchStrategy.JsonPatch, [{ op: 'add', path: '/data/j', value: 'p' }]),
    patch('a JSON patch of what is not there', PatchStrategy.JsonPatch, [{ op: 'remove', path: '/data/none' }]),
    patch('a patch of what is not there', PatchStrategy.MergePatch, { data: {} }, 'none'),
    apply('apply', 'first', { a: '1', b: '1' }),
    apply('apply the same again', 'first', { a: '1', b: '1' }),
    apply('apply against another manager', 'second', { a: '2' }),
    apply('apply by force', 'second', { a: '2' }, true),
    apply('apply what was taken over', 'first', { a: '1', b: '1' }),
    apply('apply without what one had', 'first', {}),
    remove('delete another uid', 'a', () => ({ uid: absent })),
    remove('delete another resourceVersion', 'a', () => ({ resourceVersion: '1' })),
    remove('delete that uid, another resourceVersion', 'a', ({ metadata }) => ({
      uid: metadata?.uid,
      resourceVersion: '1',
    })),
    remove('delete exactly that', 'a', ({ metadata }) => ({
      uid: metadata?.uid,
      resourceVersion: metadata?.resourceVersion,
    })),
    remove('delete again', 'a'),
    call('delete a collection', ({ core, namespace }) =>
      core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'set=other' }),
    ),
    watched(
      'a watch with a bookmark',
      {
        allowWatchBookmarks: true,
        sendInitialEvents: true,
        resourceVersionMatch: 'NotOlderThan',
        labelSelector: 'set=mine',
      },
      2,
      () => Promise.resolve(),
    ),
    watched('a watch of a life', { labelSelector: 'set=life' }, 3, async ({ core, namespace }) => {
      await core.createNamespacedConfigMap({ namespace, body: labelled('life', 'life') });
      await core.replaceNamespacedConfigMap({ name: 'life', namespace, body: labelled('life', 'life', { k: '2' }) });
      await core.deleteNamespacedConfigMap({ name: 'life', namespace });
    }),
    watched('a watch with a bad selector', { labelSelector: '===' }, 1, () => Promise.resolve()),
    watched('a watch that ends', { labelSelector: 'set=mine', timeoutSeconds: 1 }, 9, () => Promise.resolve()),
    call('an object of any kind', ({ objects, namespace }) => objects.create(configMap('any', {}, { namespace }))),
    call('an object of a kind that there is not', ({ objects, namespace }) =>
      objects.read({ apiVersion: 'apps/v1', kind: 'Nothing', metadata: { name: 'any', namespace } }),
    ),
    call('read the scale of a deployment', async ({ apps, namespace }) => {
      await apps.createNamespacedDeployment({ namespace, body: deployment('quiet', { replicas: 0 }) });
      const { metadata, spec } = await apps.readNamespacedDeploymentScale({ name: 'quiet', namespace });
      return { name: metadata?.name, spec };
    }),
    runningPod('runs'),
    logged('a log', 'runs', 'c', { tailLines: 2 }),
    logged('a log of a container that there is not', 'runs', 'none', {}),
    logged('a log of a pod that there is not', 'none', 'c', {}),
    call('a log of the run before', ({ core, namespace }) =>
      core.readNamespacedPodLog({ name: 'runs', namespace, container: 'c', previous: true }),
    ),
    call('a log of no container of two', ({ core, namespace }) =>
      core.readNamespacedPodLog({ name: 'runs', namespace }),
    ),
    call('a log of fewer lines than none', ({ core, namespace }) =>
      core.readNamespacedPodLog({ name: 'runs', namespace, container: 'c', tailLines: -1 }),
    ),
    {
      name: 'all pods are told to go',
      run: async (world) => (await world.ask('DELETE', '/api/v1/namespaces/{ns}/pods?gracePeriodSeconds=0')).status,
    },
  ],
};
