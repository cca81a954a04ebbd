import { describe, expect, test } from 'vitest';
import { configMap, deployment, startLab } from '../lab.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const meta = (body: { readonly [key: string]: unknown }): { readonly [key: string]: unknown } =>
  body['metadata'] as { readonly [key: string]: unknown };

describe('who may ask', () => {
  test('nobody without a certificate or token, and nobody with a wrong token', async () => {
    const lab = await startLab();
    const { status, body } = await lab.ask('GET', '/version', undefined, { authorization: '' });
    expect([status, body['reason'], body['message']]).toEqual([401, 'Unauthorized', 'Unauthorized']);
    expect((await lab.ask('GET', '/api', undefined, { authorization: 'Bearer nope' })).status).toBe(401);
  });

  test('a service account may do what RBAC gives it and nothing else', async () => {
    const lab = await startLab();
    await lab.ask('POST', '/api/v1/namespaces/default/serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'reader' },
    });
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
    await lab.ask('POST', `${rbac}/rolebindings`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'default' }],
    });
    const issued = await lab.ask('POST', '/api/v1/namespaces/default/serviceaccounts/reader/token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 600 },
    });
    const { token } = issued.body['status'] as { token: string };
    const as = { authorization: `Bearer ${token}` };
    expect((await lab.ask('GET', maps, undefined, as)).status).toBe(200);
    expect((await lab.ask('GET', '/api/v1/namespaces/default/secrets', undefined, as)).body['message']).toBe(
      'secrets is forbidden: User "system:serviceaccount:default:reader" cannot list resource "secrets" in API group "" in the namespace "default"',
    );
    expect((await lab.ask('GET', '/api/v1/namespaces/kube-system/configmaps', undefined, as)).status).toBe(403);
    await lab.ask('DELETE', '/api/v1/namespaces/default/serviceaccounts/reader');
    expect((await lab.ask('GET', maps, undefined, as)).status).toBe(401);
  });
});

describe('writes', () => {
  test('conflict, absence, presence and missing namespaces have the real Status', async () => {
    const lab = await startLab();
    const made = await lab.ask('POST', maps, configMap('a', { x: '1' }));
    expect(made.status).toBe(201);
    expect((await lab.ask('POST', maps, configMap('a', {}))).body).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "a" already exists',
      details: { name: 'a', kind: 'configmaps' },
    });
    await lab.ask('PUT', `${maps}/a`, configMap('a', { x: '2' }));
    expect((await lab.ask('PUT', `${maps}/a`, { ...made.body, data: { x: '3' } })).body).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    });
    expect((await lab.ask('GET', `${deployments}/b`)).body).toMatchObject({
      code: 404,
      message: 'deployments.apps "b" not found',
      details: { name: 'b', group: 'apps', kind: 'deployments' },
    });
    const nowhere = await lab.ask('POST', '/api/v1/namespaces/nowhere/configmaps', configMap('a', {}));
    expect([nowhere.status, nowhere.body['message']]).toEqual([404, 'namespaces "nowhere" not found']);
    expect((await lab.ask('GET', '/apis/nope.io/v1/things')).text).toBe('404 page not found\n');
    expect((await lab.ask('GET', '/apis/apps/v1/things')).body['message']).toBe(
      'the server could not find the requested resource',
    );
  });

  test('unknown fields are refused, warned of or dropped as fieldValidation says', async () => {
    const lab = await startLab();
    const body = deployment('web', 'nginx:1', { replcas: 3 });
    const strict = await lab.ask('POST', `${deployments}?fieldValidation=Strict`, body);
    expect([strict.status, strict.body['message']]).toEqual([
      400,
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replcas"',
    ]);
    const warned = await lab.ask('POST', deployments, body);
    expect(warned.headers['warning']).toBe('299 - "unknown field \\"spec.replcas\\""');
    expect(warned.body['spec']).not.toHaveProperty('replcas');
    const applied = await lab.ask('PATCH', `${deployments}/web?fieldManager=me`, body, {
      'content-type': 'application/apply-patch+yaml',
    });
    expect([applied.status, applied.body['message']]).toEqual([
      500,
      'failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.replcas: field not declared in schema',
    ]);
  });

  test('a value of the wrong type is named as Go names it', async () => {
    const lab = await startLab();
    const { status, body } = await lab.ask('POST', deployments, deployment('web', 'nginx:1', { replicas: '3' }));
    expect([status, body['message']]).toEqual([
      400,
      'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ]);
  });

  test.each([
    [
      'a name in capitals',
      configMap('Web', {}),
      /^ConfigMap "Web" is invalid: metadata.name: Invalid value: "Web": a lowercase RFC 1123 subdomain/,
    ],
    [
      'a label with a blank',
      configMap('a', {}, { labels: { a: 'b c' } }),
      /metadata.labels: Invalid value: "b c": a valid label must be/,
    ],
    [
      'no name at all',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} },
      /metadata.name: Required value: name or generateName is required/,
    ],
  ])('%s is a 422', async (_what, body, message) => {
    const lab = await startLab();
    const answer = await lab.ask('POST', maps, body);
    expect(answer.status).toBe(422);
    expect(answer.body['message']).toMatch(message);
  });

  test('a workload must select its own pods, and its selector never changes', async () => {
    const lab = await startLab();
    const wrong = await lab.ask(
      'POST',
      deployments,
      deployment('web', 'nginx:1', { selector: { matchLabels: { a: 'b' } } }),
    );
    expect(wrong.body['message']).toBe(
      'Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    );
    await lab.ask('POST', deployments, deployment('web'));
    const patch = {
      spec: { selector: { matchLabels: { app: 'web', x: 'y' } }, template: { metadata: { labels: { x: 'y' } } } },
    };
    const changed = await lab.ask('PATCH', `${deployments}/web`, patch, {
      'content-type': 'application/merge-patch+json',
    });
    expect(changed.status).toBe(422);
    expect(changed.body['message']).toMatch(/spec.selector: Invalid value: .*: field is immutable/);
  });

  test('ordinary writes leave status alone, status writes leave the rest alone', async () => {
    const lab = await startLab();
    const made = await lab.ask('POST', deployments, { ...deployment('web'), status: { replicas: 9 } });
    expect(made.body['status']).toEqual({});
    const merge = { 'content-type': 'application/merge-patch+json' };
    await lab.ask('PATCH', `${deployments}/web/status`, { status: { replicas: 2 }, spec: { replicas: 7 } }, merge);
    const after = (
      await lab.ask('PATCH', `${deployments}/web`, { status: { replicas: 5 }, spec: { replicas: 3 } }, merge)
    ).body;
    expect([after['spec'], after['status'], meta(after)['generation']]).toMatchObject([
      { replicas: 3 },
      { replicas: 2 },
      2,
    ]);
  });

  test('dryRun=All answers as if, and stores nothing', async () => {
    const lab = await startLab();
    expect((await lab.ask('POST', `${maps}?dryRun=All`, configMap('a', {}))).status).toBe(201);
    expect((await lab.ask('GET', `${maps}/a`)).status).toBe(404);
    await lab.ask('POST', maps, configMap('b', {}));
    await lab.ask('DELETE', `${maps}/b?dryRun=All`);
    expect((await lab.ask('GET', `${maps}/b`)).status).toBe(200);
  });

  test('a Service gets an address of the service range and keeps it', async () => {
    const lab = await startLab();
    const services = '/api/v1/namespaces/default/services';
    const body = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    };
    const { clusterIP, ports } = (await lab.ask('POST', services, body)).body['spec'] as {
      clusterIP: string;
      ports: object[];
    };
    expect(clusterIP).toMatch(/^10\.0\./);
    expect(ports).toEqual([{ port: 80, targetPort: 80, protocol: 'TCP', nodePort: 30000 }]);
    const again = (await lab.ask('PUT', `${services}/web`, body)).body['spec'];
    expect(again).toMatchObject({ clusterIP });
    const moved = await lab.ask('PUT', `${services}/web`, { ...body, spec: { ...body.spec, clusterIP: '10.0.9.9' } });
    expect(moved.body['message']).toBe(
      'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.0.9.9"]: may not change once set',
    );
    const foreign = { ...body, metadata: { name: 'other' }, spec: { ...body.spec, clusterIP: '192.168.0.1' } };
    expect((await lab.ask('POST', services, foreign)).status).toBe(422);
  });

  test('what AKS cannot do without stays, and a pod needs its service account', async () => {
    const lab = await startLab();
    const { status, body } = await lab.ask('DELETE', '/api/v1/namespaces/kube-system');
    expect([status, body['message']]).toEqual([
      403,
      'namespaces "kube-system" is forbidden: this namespace may not be deleted',
    ]);
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { serviceAccountName: 'nobody', containers: [{ name: 'c', image: 'x' }] },
    };
    expect((await lab.ask('POST', '/api/v1/namespaces/default/pods', pod)).body['message']).toBe(
      'pods "p" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
    );
  });

  test('every request is in the log with its body hash', async () => {
    const lab = await startLab();
    await lab.ask('POST', `${maps}?fieldManager=me`, configMap('a', {}), { 'user-agent': 'probe/1' });
    expect(lab.requests.at(-1)).toMatchObject({
      client: 'probe/1',
      method: 'POST',
      path: `${maps}?fieldManager=me`,
      apiVersion: 'v1',
      status: 201,
      bodyHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });
});
