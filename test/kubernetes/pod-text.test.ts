import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connect } from '../../src/kubernetes/connect.ts';
import type { Kubernetes } from '../../src/kubernetes/kubernetes.ts';
import { startLab } from '../sandbox/kubernetes/lab.ts';

const signal = new AbortController().signal;
const target = { namespace: 'kube-system', pod: 'tetragon-x', port: 2112 };

const cluster = async (): Promise<Kubernetes> => {
  const lab = await startLab();
  const pods = '/api/v1/namespaces/kube-system/pods';
  await lab.ask('POST', pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'tetragon-x' },
    spec: { nodeName: 'n', containers: [{ name: 'tetragon', image: 'x:1' }] },
  });
  const running = { name: 'tetragon', image: 'x:1', imageID: '', ready: true, restartCount: 0, state: { running: {} } };
  await lab.ask(
    'PATCH',
    `${pods}/tetragon-x/status`,
    { status: { phase: 'Running', podIP: '10.224.0.4', containerStatuses: [running] } },
    { 'content-type': 'application/merge-patch+json' },
  );
  return connect(readFileSync(lab.kubeconfig, 'utf8'));
};

test("a pod's port is read through the API server, as text", async () => {
  expect(await (await cluster()).podHttp(target, '/metrics', signal)).toBe('asked for /metrics\n');
});

test("a port where nothing listens is a Problem in the API server's words", async () => {
  await expect((await cluster()).podHttp({ ...target, port: 9 }, '/metrics', signal)).rejects.toMatchObject({
    kind: 'transient',
    code: 'ServiceUnavailable',
    message:
      'get /metrics of kube-system/tetragon-x:9: error trying to reach service: dial tcp 10.224.0.4:9: connect: connection refused',
  });
});

test('a pod that does not exist is a Problem, not an empty text', async () => {
  const kubernetes = await cluster();
  await expect(kubernetes.podHttp({ ...target, pod: 'gone' }, '/metrics', signal)).rejects.toMatchObject({
    kind: 'failed',
    code: 'NotFound',
  });
});

test('who gives up is told why, not that the API server is silent', async () => {
  const given = new AbortController();
  given.abort(new Error('enough'));
  await expect((await cluster()).podHttp(target, '/metrics', given.signal)).rejects.toThrow('enough');
});

test("the last lines of a container's log are read as they are", async () => {
  const kubernetes = await cluster();
  const log = { namespace: 'kube-system', pod: 'tetragon-x', container: 'tetragon' };
  expect(await kubernetes.podLog(log, 2, signal)).toBe('two\nthree\n');
  await expect(kubernetes.podLog({ ...log, container: 'other' }, 2, signal)).rejects.toMatchObject({
    kind: 'failed',
    code: 'BadRequest',
  });
});
