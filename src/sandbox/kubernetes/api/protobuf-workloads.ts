import { flag, int, metadata, nameOnly, status, text, texts } from './protobuf-meta.ts';
import type { Field, Message } from './protobuf.ts';

const port = (name: string): Field => ({ name, type: 'int-or-string' });
const plain = (name: string): Field => ({ name, type: 'plain-int' });
const labels = (name: string): Field => ({ name, type: 'string-map' });

const requirement: Message = { 1: text('key'), 2: text('operator'), 3: texts('values') };
export const selector: Message = {
  1: labels('matchLabels'),
  2: { name: 'matchExpressions', type: requirement, repeated: true },
};
const container: Message = {
  1: text('name'),
  2: text('image'),
  3: texts('command'),
  4: texts('args'),
  5: text('workingDir'),
  6: {
    name: 'ports',
    type: { 1: text('name'), 2: plain('hostPort'), 3: plain('containerPort'), 4: text('protocol'), 5: text('hostIP') },
    repeated: true,
  },
  7: { name: 'env', type: { 1: text('name'), 2: text('value') }, repeated: true },
  8: {
    name: 'resources',
    type: { 1: { name: 'limits', type: 'quantity-map' }, 2: { name: 'requests', type: 'quantity-map' } },
  },
  13: text('terminationMessagePath'),
  14: text('imagePullPolicy'),
  20: text('terminationMessagePolicy'),
};
const podSpec: Message = {
  2: { name: 'containers', type: container, repeated: true },
  3: text('restartPolicy'),
  4: int('terminationGracePeriodSeconds'),
  6: text('dnsPolicy'),
  7: labels('nodeSelector'),
  8: text('serviceAccountName'),
  9: text('serviceAccount'),
  10: text('nodeName'),
  11: { name: 'hostNetwork', type: 'bool' },
  14: { name: 'securityContext', type: {} },
  15: { name: 'imagePullSecrets', type: nameOnly, repeated: true },
  19: text('schedulerName'),
};
const template: Field = { name: 'template', type: { 1: metadata, 2: { name: 'spec', type: podSpec } } };
const jobSpec: Message = {
  1: int('parallelism'),
  2: int('completions'),
  3: int('activeDeadlineSeconds'),
  4: { name: 'selector', type: selector },
  5: flag('manualSelector'),
  6: template,
  7: int('backoffLimit'),
  8: int('ttlSecondsAfterFinished'),
  9: text('completionMode'),
  10: flag('suspend'),
  14: text('podReplacementPolicy'),
};
const spec = (type: Message): Message => ({ 1: metadata, 2: { name: 'spec', type }, 3: status });

const backend: Message = {
  4: {
    name: 'service',
    type: { 1: text('name'), 2: { name: 'port', type: { 1: text('name'), 2: plain('number') } } },
  },
};
const paths: Field = {
  name: 'paths',
  type: { 1: text('path'), 2: { name: 'backend', type: backend }, 3: text('pathType') },
  repeated: true,
};
const metricTarget: Message = { 1: text('type'), 4: int('averageUtilization') };
const scaleTarget: Field = {
  name: 'scaleTargetRef',
  type: { 1: text('kind'), 2: text('name'), 3: text('apiVersion') },
};

/** What `kubectl create deployment|job|cronjob|service|ingress|quota|poddisruptionbudget|priorityclass` and `kubectl autoscale` send. */
export const workloadKinds: Readonly<Record<string, Message>> = {
  'apps/v1 Deployment': spec({
    1: int('replicas'),
    2: { name: 'selector', type: selector },
    3: template,
    4: { name: 'strategy', type: { 1: text('type') } },
    5: plain('minReadySeconds'),
    6: int('revisionHistoryLimit'),
    7: flag('paused'),
    9: int('progressDeadlineSeconds'),
  }),
  'batch/v1 Job': spec(jobSpec),
  'batch/v1 CronJob': spec({
    1: text('schedule'),
    2: int('startingDeadlineSeconds'),
    3: text('concurrencyPolicy'),
    4: flag('suspend'),
    5: { name: 'jobTemplate', type: { 1: metadata, 2: { name: 'spec', type: jobSpec } } },
  }),
  'v1 Service': spec({
    1: {
      name: 'ports',
      type: { 1: text('name'), 2: text('protocol'), 3: plain('port'), 4: port('targetPort'), 5: plain('nodePort') },
      repeated: true,
    },
    2: labels('selector'),
    3: text('clusterIP'),
    4: text('type'),
    7: text('sessionAffinity'),
    10: text('externalName'),
  }),
  'v1 ResourceQuota': spec({ 1: { name: 'hard', type: 'quantity-map' }, 2: texts('scopes') }),
  'policy/v1 PodDisruptionBudget': spec({
    1: port('minAvailable'),
    2: { name: 'selector', type: selector },
    3: port('maxUnavailable'),
  }),
  'networking.k8s.io/v1 Ingress': spec({
    1: { name: 'defaultBackend', type: backend },
    2: { name: 'tls', type: { 1: texts('hosts'), 2: text('secretName') }, repeated: true },
    3: {
      name: 'rules',
      type: { 1: text('host'), 2: { name: 'value', type: { 1: { name: 'http', type: { 1: paths } } }, inline: true } },
      repeated: true,
    },
    4: text('ingressClassName'),
  }),
  'autoscaling/v2 HorizontalPodAutoscaler': spec({
    1: scaleTarget,
    2: int('minReplicas'),
    3: int('maxReplicas'),
    4: {
      name: 'metrics',
      type: {
        1: text('type'),
        4: { name: 'resource', type: { 1: text('name'), 2: { name: 'target', type: metricTarget } } },
      },
      repeated: true,
    },
  }),
  'scheduling.k8s.io/v1 PriorityClass': {
    1: metadata,
    2: plain('value'),
    3: flag('globalDefault'),
    4: text('description'),
    5: text('preemptionPolicy'),
  },
};
