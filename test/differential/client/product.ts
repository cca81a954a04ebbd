import { readFile } from 'node:fs/promises';
import { Problem } from '../../../src/errors/problem.ts';
import { connect } from '../../../src/kubernetes/connect.ts';
import type { Kubernetes, Manifest } from '../../../src/kubernetes/kubernetes.ts';
import { asProduct, patchTypes, type Answer, type Call, type Script, type World } from '../call.ts';
import { played } from '../containers.ts';
import { configMap, deployment, pod } from '../scripts/objects.ts';

const never = new AbortController().signal;
const maps = '/api/v1/namespaces/{ns}/configmaps';
const pods = '/api/v1/namespaces/{ns}/pods';

const connections = new WeakMap<World, Promise<Kubernetes>>();
const productOf = (world: World): Promise<Kubernetes> => {
  const known = connections.get(world) ?? readFile(world.kubeconfig, 'utf8').then(connect);
  connections.set(world, known);
  return known;
};

/** What the product was told, or what it made of a refusal: as its steps see it. */
const outcome = async (act: Promise<unknown>): Promise<unknown> => {
  try {
    return { answer: await act };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { kind, code, hint, retryAfterMs, message } = error;
    return { problem: { kind, code, hint, retryAfterMs, message } };
  }
};

type Act = (product: Kubernetes, world: World) => Promise<unknown>;

/** A call of the product's own, and, where `then` names a path, what is there after it. */
const call = (name: string, act: Act, then?: string): Call =>
  asProduct({
    name,
    async run(world) {
      const told = await outcome(act(await productOf(world), world));
      return then === undefined ? told : { told, after: await world.ask('GET', then) };
    },
  });

interface Ref {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}
const ref = ({ namespace }: World, kind: string, name: string, apiVersion = 'v1'): Ref => ({
  apiVersion,
  kind,
  name,
  namespace,
});

const map = ({ namespace }: World, name: string, data: Readonly<Record<string, string>>): Manifest =>
  configMap(name, data, { namespace, labels: { set: 'mine' } }) as Manifest;

const applied = (name: string, of: string, data: Readonly<Record<string, string>>, force = false): Call =>
  call(name, (product, world) => product.apply(map(world, of, data), { force }, never), `${maps}/${of}`);

/** Somebody else's write, before the product's next one. */
const foreign = (name: string, of: string, body: object): Call => ({
  name,
  run: (world) => world.ask('PATCH', `${maps}/${of}?fieldManager=kubectl-edit`, body, patchTypes.merge),
});

const list = (name: string, kind: string, query: object, apiVersion = 'v1'): Call =>
  call(name, async (product, { namespace }) => {
    const items = await product.list({ apiVersion, kind, namespace, ...query }, never);
    return items.map((item) => ({ ...item, of: items.length }));
  });

const target = ({ namespace }: World, of: string, container = 'c') => ({ namespace, pod: of, container }) as const;

const exec = (name: string, of: string, command: readonly string[], container?: string): Call =>
  call(name, async (product, world) => {
    const { stdout, ...rest } = await product.exec(target(world, of, container), command, never);
    return { ...rest, stdout: stdout.length > 1000 ? `${stdout.length} of ${stdout[0] ?? ''}` : stdout };
  });

const log = (name: string, of: string, lines: number, container?: string, previous = false): Call =>
  call(name, (product, world) => product.podLog({ ...target(world, of, container), previous }, lines, never));

const uidOf = ({ body }: Answer): string => (body as { readonly metadata: { readonly uid: string } }).metadata.uid;

/** Two containers that run, as the played ones do. */
export const runningPod = (name: string): Call => ({
  name: `the pod ${name} runs`,
  async run(world) {
    const containers = ['c', 'other'].map((container) => ({ name: container, image: 'nginx:1.27' }));
    await world.ask('POST', pods, pod(name, { containers }, played));
    const answer = await world.until(`${pods}/${name}`, ({ body }) => {
      const { status } = body as { readonly status?: { readonly phase?: string } };
      return status?.phase === 'Running';
    });
    return answer.status;
  },
});

/** What the product's steps ask of Kubernetes, asked by the product's own code. */
export const script: Script = {
  name: 'the-product',
  calls: [
    call('the version', (product) => product.version(never)),
    call('get what is not there', (product, world) => product.get(ref(world, 'ConfigMap', 'none'), never)),
    call('get of a kind that there is not', (product, world) =>
      product.get(ref(world, 'Nothing', 'none', 'nothing.example/v1'), never),
    ),
    call('get of a kind of a known group that there is not', (product, world) =>
      product.get(ref(world, 'Nothing', 'none', 'apps/v1'), never),
    ),
    applied('apply creates', 'one', { a: '1', b: '2' }),
    applied('apply the same again', 'one', { a: '1', b: '2' }),
    applied('apply changes', 'one', { a: '2', b: '2' }),
    applied('apply leaves out', 'one', { a: '2' }),
    foreign('somebody edits', 'one', { data: { a: 'theirs', c: 'theirs' } }),
    applied('apply against the edit', 'one', { a: '3' }),
    applied('apply by force', 'one', { a: '3' }, true),
    applied('apply after the force', 'one', { a: '4' }),
    call(
      'apply a field that there is not',
      (product, world) => product.apply({ ...map(world, 'bad', {}), spec: { x: 1 } }, {}, never),
      `${maps}/bad`,
    ),
    call('apply a wrong type', (product, world) => product.apply({ ...map(world, 'bad', {}), data: 'x' }, {}, never)),
    call('apply a name that is none', (product, world) => product.apply(map(world, 'Bad_Name', {}), {}, never)),
    call('apply into a namespace that is not there', (product, { prefix }) =>
      product.apply(configMap('x', {}, { namespace: `${prefix}-nowhere` }) as Manifest, {}, never),
    ),
    call('apply a kind that there is not', (product, world) =>
      product.apply({ ...map(world, 'x', {}), apiVersion: 'cilium.example/v2', kind: 'Policy' }, {}, never),
    ),
    call(
      'apply a deployment',
      (product, { namespace }) => {
        const made = deployment('quiet', { replicas: 0 }) as Manifest;
        return product.apply({ ...made, metadata: { ...made.metadata, namespace } }, {}, never);
      },
      '/apis/apps/v1/namespaces/{ns}/deployments?fieldSelector=metadata.name%3Dnone',
    ),
    call('apply a deployment that says nothing of its pods', (product, world) =>
      product.apply(
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'bad', namespace: world.namespace },
          spec: { replicas: -1 },
        },
        {},
        never,
      ),
    ),
    applied('apply a second', 'two', { k: 'v' }),
    list('list by label', 'ConfigMap', { labelSelector: 'set=mine' }),
    list('list by label and field', 'ConfigMap', { labelSelector: 'set=mine', fieldSelector: 'metadata.name!=one' }),
    list('list nothing', 'ConfigMap', { labelSelector: 'set=nobody' }),
    list('list by a selector that is none', 'ConfigMap', { labelSelector: '===' }),
    list('list by a field that there is not', 'ConfigMap', { fieldSelector: 'data.k=v' }),
    list('list a kind that there is not', 'Nothing', {}, 'nothing.example/v1'),
    list('list pods of a node', 'Pod', { fieldSelector: 'spec.nodeName=nowhere' }),
    call('list more than a page', async (product, world) => {
      // 500 are a page; names are enough to see that none is missing or told twice.
      const wanted = Array.from({ length: 505 }, (_, index) => `many-${String(index).padStart(3, '0')}`);
      for (let at = 0; at < wanted.length; at += 25)
        await Promise.all(
          wanted
            .slice(at, at + 25)
            .map((name) => world.ask('POST', maps, configMap(name, {}, { labels: { set: 'many' } }))),
        );
      const query = { apiVersion: 'v1', kind: 'ConfigMap', namespace: world.namespace, labelSelector: 'set=many' };
      const told = (await product.list(query, never)).map(({ metadata }) => metadata.name);
      await world.ask('DELETE', `${maps}?labelSelector=set%3Dmany`);
      return { length: told.length, inOrder: told.join() === wanted.join() };
    }),
    call('delete another of that name', (product, world) =>
      product.delete({ ...ref(world, 'ConfigMap', 'two'), uid: '00000000-0000-0000-0000-000000000001' }, never),
    ),
    call('delete exactly that one', async (product, world) => {
      const uid = uidOf(await world.ask('GET', `${maps}/two`));
      await product.delete({ ...ref(world, 'ConfigMap', 'two'), uid }, never);
      return (await world.ask('GET', `${maps}/two`)).status;
    }),
    call('delete', (product, world) => product.delete(ref(world, 'ConfigMap', 'one'), never), `${maps}/one`),
    call('delete again', (product, world) => product.delete(ref(world, 'ConfigMap', 'one'), never)),
    runningPod('runs'),
    exec('exec', 'runs', ['end', '0']),
    exec('exec in the other container', 'runs', ['end', '0'], 'other'),
    exec('exec that fails', 'runs', ['end', '3']),
    exec('exec that says much', 'runs', ['much']),
    exec('exec of a program that there is not', 'runs', ['nothing']),
    exec('exec in a container that there is not', 'runs', ['end', '0'], 'none'),
    exec('exec in a pod that there is not', 'none', ['end', '0']),
    log('log', 'runs', 100),
    log('the last line of a log', 'runs', 1, 'other'),
    log('log of a container that there is not', 'runs', 10, 'none'),
    log('log of a pod that there is not', 'none', 10),
    log('log of the run before', 'runs', 10, 'c', true),
    call('a pod over HTTP', (product, { namespace }) =>
      product.podHttp({ namespace, pod: 'runs', port: 8080 }, '/metrics?a=b', never),
    ),
    call('a port where nothing listens', (product, { namespace }) =>
      product.podHttp({ namespace, pod: 'runs', port: 8081 }, '/metrics', never),
    ),
    call('a pod that there is not over HTTP', (product, { namespace }) =>
      product.podHttp({ namespace, pod: 'none', port: 8080 }, '/metrics', never),
    ),
    {
      name: 'a pod that cannot start stands still',
      async run(world) {
        await world.ask(
          'POST',
          pods,
          pod('nowhere', { nodeSelector: { 'kubernetes.io/hostname': 'nowhere' } }, played),
        );
        return 'made';
      },
    },
    exec('exec in a pod on no node', 'nowhere', ['end', '0']),
    log('log of a pod on no node', 'nowhere', 10),
    call('a pod on no node over HTTP', (product, { namespace }) =>
      product.podHttp({ namespace, pod: 'nowhere', port: 8080 }, '/metrics', never),
    ),
    {
      name: 'all pods are told to go',
      run: async (world) => (await world.ask('DELETE', `${pods}?gracePeriodSeconds=0`)).status,
    },
  ],
};
