import { createServer } from 'node:https';
import type { RequestListener } from 'node:http';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/kubernetes/connect.ts';
import type { Kubernetes } from '../../src/kubernetes/kubernetes.ts';
import { serverIdentity } from '../../src/sandbox/server/certificates.ts';
import { scratch } from '../support/scratch.ts';

const signal = new AbortController().signal;

/** A client of an API server that answers what the test says. */
const against = async (answer: RequestListener): Promise<Kubernetes> => {
  const { caFile, server: identity } = await serverIdentity(scratch(), [], Date.now());
  const server = createServer({ cert: identity.certificate, key: identity.key }, answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const ca = Buffer.from(readFileSync(caFile)).toString('base64');
  return connect(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'x',
      clusters: [{ name: 'x', cluster: { server: `https://localhost:${port}`, 'certificate-authority-data': ca } }],
      contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
      users: [{ name: 'x', user: { token: 't' } }],
    }),
  );
};

test('a page of a proxy in between is no answer, and worth another try', async () => {
  const kubernetes = await against((_request, response) => response.end('<html>Sign in</html>'));
  await expect(kubernetes.version(signal)).rejects.toMatchObject({
    kind: 'transient',
    message: expect.stringContaining('its answer is no JSON'),
  });
});

test('a connection that ends in the middle of an answer is worth another try', async () => {
  const kubernetes = await against((_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"items":');
    setImmediate(() => response.destroy());
  });
  await expect(kubernetes.version(signal)).rejects.toMatchObject({ kind: 'transient' });
});

test('a list that took longer than the API server remembers is worth another try', async () => {
  const kubernetes = await against((request, response) => {
    const answer = (code: number, body: unknown): void => {
      response.writeHead(code, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (request.url === '/api/v1') answer(200, { resources: [{ name: 'pods', kind: 'Pod', namespaced: true }] });
    else if (request.url?.includes('continue=more') === true)
      answer(410, { reason: 'Expired', message: 'The provided continue parameter is too old' });
    else answer(200, { items: [], metadata: { continue: 'more' } });
  });
  await expect(kubernetes.list({ apiVersion: 'v1', kind: 'Pod' }, signal)).rejects.toMatchObject({
    kind: 'transient',
    code: 'Expired',
  });
});

test('a refused exec says who refused it and why it is not worth another try', async () => {
  const kubernetes = await against((_request, response) => {
    response.writeHead(403);
    response.end();
  });
  await expect(kubernetes.exec({ namespace: 'a', pod: 'b', container: 'c' }, ['true'], signal)).rejects.toMatchObject({
    kind: 'permission',
    message: expect.stringContaining('exec true in a/b (c)'),
  });
});

test('a run that is stopped in the middle of a silence does not wait for its end', async () => {
  const stop = new AbortController();
  const reason = new Error('Ctrl-C');
  const kubernetes = await against(() => stop.abort(reason));
  await expect(kubernetes.version(stop.signal)).rejects.toBe(reason);
});

test('an exec that is stopped in the middle of a silence does not wait for its end', async () => {
  const stop = new AbortController();
  const reason = new Error('Ctrl-C');
  const kubernetes = await against(() => undefined);
  const asked = kubernetes.exec({ namespace: 'a', pod: 'b', container: 'c' }, ['true'], stop.signal);
  setImmediate(() => stop.abort(reason));
  await expect(asked).rejects.toBe(reason);
});
