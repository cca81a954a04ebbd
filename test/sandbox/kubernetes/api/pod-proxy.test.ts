import { describe, expect, test } from 'vitest';
import { startLab, type Lab } from '../lab.ts';

const pods = '/api/v1/namespaces/kube-system/pods';

const withPod = async (status: object = { phase: 'Running', podIP: '10.224.0.4' }): Promise<Lab> => {
  const lab = await startLab();
  const ports = [{ containerPort: 2112 }];
  await lab.ask('POST', pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'tetragon-x' },
    spec: { nodeName: 'n', containers: [{ name: 'tetragon', image: 'x:1', ports }] },
  });
  await lab.ask('PATCH', `${pods}/tetragon-x/status`, { status }, { 'content-type': 'application/merge-patch+json' });
  return lab;
};

describe('the proxy to a pod', () => {
  test('brings back what the pod answers at a port, without a port at its first', async () => {
    const lab = await withPod();
    for (const name of ['tetragon-x:2112', 'http:tetragon-x:2112', 'tetragon-x']) {
      const answer = await lab.ask('GET', `${pods}/${name}/proxy/a/metrics`);
      expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([
        200,
        'asked for /a/metrics\n',
        'text/plain',
      ]);
    }
  });

  test('is unavailable where nothing listens, and where TLS meets plain HTTP', async () => {
    const lab = await withPod();
    const closed = await lab.ask('GET', `${pods}/tetragon-x:9/proxy/metrics`);
    expect([closed.status, closed.body['reason'], closed.body['message']]).toEqual([
      503,
      'ServiceUnavailable',
      'error trying to reach service: dial tcp 10.224.0.4:9: connect: connection refused',
    ]);
    const tls = await lab.ask('GET', `${pods}/https:tetragon-x:2112/proxy/metrics`);
    expect([tls.status, tls.body['message']]).toEqual([
      503,
      'error trying to reach service: tls: first record does not look like a TLS handshake',
    ]);
    expect((await lab.ask('GET', `${pods}/tetragon-x:metrics/proxy/`)).status).toBe(503);
  });

  test('needs a pod that exists and has an address', async () => {
    const lab = await withPod({ phase: 'Pending' });
    const missing = await lab.ask('GET', `${pods}/tetragon-y:2112/proxy/metrics`);
    expect([missing.status, missing.body['message']]).toEqual([404, 'pods "tetragon-y" not found']);
    const pending = await lab.ask('GET', `${pods}/tetragon-x:2112/proxy/metrics`);
    expect([pending.status, pending.body['message']]).toEqual([400, 'address not allowed']);
    expect((await lab.ask('GET', `${pods}/a:b:c:d/proxy/metrics`)).body['message']).toBe(
      'invalid pod request "a:b:c:d"',
    );
  });

  test('needs the right to get pods/proxy', async () => {
    const lab = await withPod();
    const answer = await lab.ask('GET', `${pods}/tetragon-x:2112/proxy/metrics`, undefined, {
      'impersonate-user': 'reader',
    });
    expect([answer.status, answer.body['message']]).toEqual([
      403,
      'pods "tetragon-x:2112" is forbidden: User "reader" cannot get resource "pods/proxy" in API group "" in the namespace "kube-system"',
    ]);
  });
});

describe('the log of a container that waits for its next start', () => {
  const waiting = (lastState: object): object => ({
    phase: 'Running',
    containerStatuses: [
      {
        name: 'tetragon',
        image: 'x:1',
        imageID: '',
        ready: false,
        restartCount: 2,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState,
      },
    ],
  });

  test('is that of its last run, also when the previous one is asked for', async () => {
    const lab = await withPod(waiting({ terminated: { exitCode: 1, reason: 'Error' } }));
    expect((await lab.ask('GET', `${pods}/tetragon-x/log?tailLines=1`)).text).toBe('three\n');
    expect((await lab.ask('GET', `${pods}/tetragon-x/log?previous=true`)).text).toBe('one\ntwo\nthree\n');
  });

  test('does not exist where it never ran', async () => {
    const lab = await withPod(waiting({}));
    expect((await lab.ask('GET', `${pods}/tetragon-x/log`)).body['message']).toBe(
      'container "tetragon" in pod "tetragon-x" is waiting to start: CrashLoopBackOff',
    );
    expect((await lab.ask('GET', `${pods}/tetragon-x/log?previous=true`)).body['message']).toBe(
      'previous terminated container "tetragon" in pod "tetragon-x" not found',
    );
  });

  test('of the run before is told apart from that of the one that runs', async () => {
    const lab = await withPod({
      phase: 'Running',
      containerStatuses: [
        {
          name: 'tetragon',
          image: 'x:1',
          imageID: '',
          ready: true,
          restartCount: 1,
          state: { running: {} },
          lastState: { terminated: { exitCode: 1 } },
        },
      ],
    });
    expect((await lab.ask('GET', `${pods}/tetragon-x/log?previous=true`)).text).toBe('zero\n');
    expect((await lab.ask('GET', `${pods}/tetragon-x/log`)).text).toContain('three');
  });
});
