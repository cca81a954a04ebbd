import { expect, test } from 'vitest';
import { configMap, deployment, startLab, type Answer, type Lab } from '../lab.ts';

const deployments = '/apis/apps/v1/namespaces/default/deployments';
const maps = '/api/v1/namespaces/default/configmaps';
const apply = (lab: Lab, path: string, manager: string, body: object, force = false): Promise<Answer> =>
  lab.ask('PATCH', `${path}?fieldManager=${manager}&force=${force}`, body, {
    'content-type': 'application/apply-patch+yaml',
  });
const versionOf = ({ body }: Answer): unknown => (body['metadata'] as { resourceVersion: string }).resourceVersion;
const managersOf = ({ body }: Answer): readonly string[] =>
  (body['metadata'] as { managedFields: readonly { manager: string; operation: string }[] }).managedFields.map(
    ({ manager, operation }) => `${manager} ${operation}`,
  );

test('applying the same again changes nothing, not even the version', async () => {
  const lab = await startLab();
  const first = await apply(lab, `${deployments}/web`, 'me', deployment('web'));
  expect(first.status).toBe(201);
  const second = await apply(lab, `${deployments}/web`, 'me', deployment('web'));
  expect([second.status, versionOf(second)]).toEqual([200, versionOf(first)]);
});

test('a field that another manager set differently is a conflict in the real words, and force takes it over', async () => {
  const lab = await startLab();
  await apply(lab, `${deployments}/web`, 'first', deployment('web', 'nginx:1', { replicas: 2 }));
  const one = await apply(lab, `${deployments}/web`, 'second', deployment('web', 'nginx:2', { replicas: 2 }));
  expect(one.body).toMatchObject({
    code: 409,
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict: conflict with "first": .spec.template.spec.containers[name="web"].image',
    details: {
      causes: [
        {
          reason: 'FieldManagerConflict',
          message: 'conflict with "first"',
          field: '.spec.template.spec.containers[name="web"].image',
        },
      ],
    },
  });
  const two = await apply(lab, `${deployments}/web`, 'second', deployment('web', 'nginx:2', { replicas: 3 }));
  expect(two.body['message']).toBe(
    'Apply failed with 2 conflicts: conflicts with "first":\n- .spec.replicas\n- .spec.template.spec.containers[name="web"].image',
  );
  expect((await apply(lab, `${deployments}/web`, 'second', deployment('web', 'nginx:2'), true)).status).toBe(200);
  expect((await apply(lab, `${deployments}/web`, 'first', deployment('web', 'nginx:1', { replicas: 2 }))).status).toBe(
    409,
  );
});

test('the same value may have two owners, and goes only when both have let go', async () => {
  const lab = await startLab();
  await apply(lab, `${maps}/a`, 'first', configMap('a', { x: '1', y: '1' }));
  await apply(lab, `${maps}/a`, 'second', configMap('a', { x: '1' }));
  const left = await apply(lab, `${maps}/a`, 'first', configMap('a', {}));
  expect(left.body['data']).toEqual({ x: '1' });
  const gone = await apply(lab, `${maps}/a`, 'second', configMap('a', {}));
  expect(gone.body['data'] ?? {}).toEqual({});
});

test('items of a keyed list belong to who stated them', async () => {
  const lab = await startLab();
  await apply(lab, `${deployments}/web`, 'first', deployment('web'));
  const sidecar = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { template: { spec: { containers: [{ name: 'sidecar', image: 'x:1' }] } } },
  };
  const both = await apply(lab, `${deployments}/web`, 'second', sidecar);
  const names = ({ body }: Answer): unknown =>
    (body['spec'] as { template: { spec: { containers: { name: string }[] } } }).template.spec.containers.map(
      ({ name }) => name,
    );
  expect(names(both)).toEqual(['web', 'sidecar']);
  const again = await apply(lab, `${deployments}/web`, 'first', deployment('web'));
  expect(names(again)).toEqual(['web', 'sidecar']);
  const alone = { ...sidecar, spec: {} };
  expect(names(await apply(lab, `${deployments}/web`, 'second', alone))).toEqual(['web']);
});

test('an ordinary write takes the fields it changes away from those who applied them', async () => {
  const lab = await startLab();
  await apply(lab, `${deployments}/web`, 'helm', deployment('web', 'nginx:1', { replicas: 2 }));
  const scaled = await lab.ask(
    'PATCH',
    `${deployments}/web?fieldManager=kubectl-scale`,
    { spec: { replicas: 5 } },
    {
      'content-type': 'application/merge-patch+json',
    },
  );
  expect(managersOf(scaled)).toEqual(['helm Apply', 'kubectl-scale Update']);
  const back = await apply(lab, `${deployments}/web`, 'helm', deployment('web', 'nginx:1', { replicas: 2 }));
  expect(back.body['message']).toMatch(
    /^Apply failed with 1 conflict: conflict with "kubectl-scale" using apps\/v1: \.spec\.replicas$/,
  );
});

test('objects from before anybody applied belong to before-first-apply', async () => {
  const lab = await startLab();
  const coredns = '/apis/apps/v1/namespaces/kube-system/deployments/coredns';
  const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'coredns' }, spec: { replicas: 3 } };
  expect((await apply(lab, coredns, 'me', body)).body['message']).toBe(
    'Apply failed with 1 conflict: conflict with "before-first-apply" using apps/v1: .spec.replicas',
  );
  expect((await apply(lab, coredns, 'me', body, true)).body['spec']).toMatchObject({ replicas: 3 });
});

test('apply needs a field manager', async () => {
  const lab = await startLab();
  const { status } = await lab.ask('PATCH', `${maps}/a`, configMap('a', {}), {
    'content-type': 'application/apply-patch+yaml',
  });
  expect(status).toBe(422);
});
