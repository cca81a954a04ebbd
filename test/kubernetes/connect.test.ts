import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { connect, fieldManager } from '../../src/kubernetes/connect.ts';
import type { Kubernetes, Manifest } from '../../src/kubernetes/kubernetes.ts';
import { type Lab, startLab } from '../sandbox/kubernetes/lab.ts';

const signal = new AbortController().signal;

const open = async (): Promise<{ lab: Lab; kubernetes: Kubernetes }> => {
  const lab = await startLab();
  return { lab, kubernetes: await connect(readFileSync(lab.kubeconfig, 'utf8')) };
};
const configMap = (name: string, data: Record<string, string>, labels = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels },
  data,
});
const ref = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace: 'default' });

test('tells the version of the API server', async () => {
  const { kubernetes } = await open();
  expect(await kubernetes.version(signal)).toBe('v1.35.4');
});

test('get answers the object, and undefined for what does not exist, object or kind', async () => {
  const { kubernetes } = await open();
  await kubernetes.apply(configMap('a', { x: '1' }), {}, signal);
  expect(await kubernetes.get(ref('a'), signal)).toMatchObject({ kind: 'ConfigMap', data: { x: '1' } });
  expect(await kubernetes.get(ref('b'), signal)).toBeUndefined();
  expect(
    await kubernetes.get({ apiVersion: 'cilium.io/v1alpha1', kind: 'TracingPolicy', name: 'x' }, signal),
  ).toBeUndefined();
});

test('a list reads every page, with the kind that its items leave out, and selects by label', async () => {
  const { lab, kubernetes } = await open();
  const many = Array.from({ length: 505 }, (_, index) => `m${String(index).padStart(3, '0')}`);
  for (let at = 0; at < many.length; at += 50) {
    const some = many.slice(at, at + 50);
    await Promise.all(
      some.map((name) =>
        lab.ask('POST', '/api/v1/namespaces/default/configmaps', configMap(name, {}, { size: 'many' })),
      ),
    );
  }
  await kubernetes.apply(configMap('other', {}), {}, signal);
  const query = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', labelSelector: 'size=many' };
  const seen = await kubernetes.list(query, signal);
  expect(seen.map(({ metadata }) => metadata.name)).toEqual(many);
  expect(seen[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
});

test('a list of a kind that nobody serves yet is empty', async () => {
  const { kubernetes } = await open();
  expect(await kubernetes.list({ apiVersion: 'cilium.io/v2', kind: 'CiliumEndpoint' }, signal)).toEqual([]);
});

test('what is applied is ours by name, and applied again it is the same', async () => {
  const { kubernetes } = await open();
  await kubernetes.apply(configMap('a', { x: '1' }), {}, signal);
  const first = await kubernetes.get(ref('a'), signal);
  expect(first?.metadata['managedFields']).toMatchObject([{ manager: fieldManager, operation: 'Apply' }]);
  await kubernetes.apply(configMap('a', { x: '1' }), {}, signal);
  expect((await kubernetes.get(ref('a'), signal))?.metadata['resourceVersion']).toBe(
    first?.metadata['resourceVersion'],
  );
});

test('a field that another manager set is left to it, with its name, unless the change was agreed to', async () => {
  const { lab, kubernetes } = await open();
  await lab.ask('PATCH', '/api/v1/namespaces/default/configmaps/a?fieldManager=colleague', configMap('a', { x: '1' }), {
    'content-type': 'application/apply-patch+yaml',
  });
  await expect(kubernetes.apply(configMap('a', { x: '2' }), {}, signal)).rejects.toMatchObject({
    kind: 'drift',
    code: 'FieldManagerConflict',
    message: expect.stringContaining('colleague'),
  });
  expect(await kubernetes.get(ref('a'), signal)).toMatchObject({ data: { x: '1' } });
  await kubernetes.apply(configMap('a', { x: '2' }), { force: true }, signal);
  expect(await kubernetes.get(ref('a'), signal)).toMatchObject({ data: { x: '2' } });
});

test('a field that does not exist is refused, not dropped', async () => {
  const { kubernetes } = await open();
  await expect(kubernetes.apply({ ...configMap('a', {}), dtaa: { x: '1' } }, {}, signal)).rejects.toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('dtaa'),
  });
});

test('applying a kind whose CRD is not there yet, or into a namespace that is not, is worth another try', async () => {
  const { kubernetes } = await open();
  const policy = { apiVersion: 'cilium.io/v1alpha1', kind: 'TracingPolicy', metadata: { name: 'x' }, spec: {} };
  await expect(kubernetes.apply(policy, {}, signal)).rejects.toMatchObject({ kind: 'transient', code: 'kind-missing' });
  const lost = { ...configMap('a', {}), metadata: { name: 'a', namespace: 'nowhere' } };
  await expect(kubernetes.apply(lost, {}, signal)).rejects.toMatchObject({ kind: 'transient' });
});

test('delete takes away exactly the object that was seen; one that is gone is fine', async () => {
  const { kubernetes } = await open();
  await kubernetes.apply(configMap('a', {}), {}, signal);
  const seen = await kubernetes.get(ref('a'), signal);
  const other = '00000000-0000-4000-8000-000000000000';
  await expect(kubernetes.delete({ ...ref('a'), uid: other }, signal)).rejects.toMatchObject({ kind: 'conflict' });
  const uid = seen?.metadata.uid ?? '';
  await kubernetes.delete({ ...ref('a'), uid }, signal);
  expect(await kubernetes.get(ref('a'), signal)).toBeUndefined();
  await kubernetes.delete({ ...ref('a'), uid }, signal);
  await kubernetes.delete({ apiVersion: 'example.org/v1', kind: 'Nothing', name: 'x' }, signal);
});

test('a kubeconfig that the cluster does not accept any more says so', async () => {
  const { lab } = await open();
  const config = parse(readFileSync(lab.kubeconfig, 'utf8')) as { users: { user: { token: string } }[] };
  for (const { user } of config.users) user.token = 'old';
  const kubernetes = await connect(stringify(config));
  await expect(kubernetes.get(ref('a'), signal)).rejects.toMatchObject({ kind: 'sign-in', code: 'Unauthorized' });
});

test('a kubeconfig without a cluster is refused before anything is asked', async () => {
  await expect(connect('apiVersion: v1\nkind: Config\n')).rejects.toMatchObject({ code: 'kubeconfig-empty' });
});

test('an API server that is not there is worth another try, and a run that was stopped says why it was', async () => {
  const { lab, kubernetes } = await open();
  await lab.host.close();
  await expect(kubernetes.version(signal)).rejects.toMatchObject({ kind: 'transient' });
  const reason = new Error('Ctrl-C');
  await expect(kubernetes.version(AbortSignal.abort(reason))).rejects.toBe(reason);
});

const running = async (lab: Lab): Promise<void> => {
  await lab.ask('POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'busybox' }] },
  });
  const status = {
    phase: 'Running',
    containerStatuses: [
      { name: 'c', ready: true, restartCount: 0, image: 'busybox', imageID: '', state: { running: {} } },
    ],
  };
  await lab.ask(
    'PATCH',
    '/api/v1/namespaces/default/pods/p/status',
    { status },
    { 'content-type': 'application/merge-patch+json' },
  );
};
const target = { namespace: 'default', pod: 'p', container: 'c' };

test('exec gives both streams and the exit code', async () => {
  const { lab, kubernetes } = await open();
  await running(lab);
  expect(await kubernetes.exec(target, ['tetra', 'status'], signal)).toEqual({
    stdout: 'c: tetra status\n',
    stderr: 'to the error stream\n',
    exitCode: 0,
  });
  expect(await kubernetes.exec(target, ['false'], signal)).toMatchObject({ exitCode: 3 });
});

test('exec in a pod or container that is not there is a Problem that names it', async () => {
  const { lab, kubernetes } = await open();
  await expect(kubernetes.exec(target, ['true'], signal)).rejects.toMatchObject({
    name: 'Problem',
    message: expect.stringContaining('exec true in default/p (c)'),
  });
  await running(lab);
  await expect(kubernetes.exec({ ...target, container: 'd' }, ['true'], signal)).rejects.toMatchObject({
    name: 'Problem',
  });
});

test('exec that was stopped ends with the reason', async () => {
  const { lab, kubernetes } = await open();
  await running(lab);
  const reason = new Error('Ctrl-C');
  await expect(kubernetes.exec(target, ['true'], AbortSignal.abort(reason))).rejects.toBe(reason);
});
