import { expect, test } from 'vitest';
import { startLab } from '../lab.ts';

test('an event is one object in both of its groups', async () => {
  const lab = await startLab();
  const event = {
    metadata: { name: 'seen', namespace: 'default' },
    involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
    reason: 'Seen',
    message: 'It was seen.',
    type: 'Normal',
  };
  await lab.ask('POST', '/api/v1/namespaces/default/events', event);
  const { body } = await lab.ask('GET', '/apis/events.k8s.io/v1/namespaces/default/events/seen');
  expect(body).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'It was seen.', regarding: { name: 'p' } });
  expect(body).not.toHaveProperty('message');
  await lab.ask('DELETE', '/apis/events.k8s.io/v1/namespaces/default/events/seen');
  expect((await lab.ask('GET', '/api/v1/namespaces/default/events/seen')).status).toBe(404);
});

test('an autoscaler of autoscaling/v1 is one of autoscaling/v2 with a target for CPU', async () => {
  const lab = await startLab();
  const spec = {
    maxReplicas: 3,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    targetCPUUtilizationPercentage: 60,
  };
  const path = 'namespaces/default/horizontalpodautoscalers';
  expect((await lab.ask('POST', `/apis/autoscaling/v1/${path}`, { metadata: { name: 'web' }, spec })).status).toBe(201);
  const { body } = await lab.ask('GET', `/apis/autoscaling/v2/${path}/web`);
  expect(body).toMatchObject({
    apiVersion: 'autoscaling/v2',
    spec: {
      maxReplicas: 3,
      metrics: [{ resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
    },
  });
});
