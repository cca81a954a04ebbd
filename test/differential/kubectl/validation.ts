import type { Script } from '../call.ts';
import { kubectl } from './command.ts';

const pod = (spec: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: JSON.parse(spec) as unknown });
const labelled = (labels: object): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels } });

const box = { name: 'a', image: 'docker.io/library/busybox:1.37' };
const object = (apiVersion: string, kind: string, name: string, rest: object): string =>
  JSON.stringify({ apiVersion, kind, metadata: { name }, ...rest });
const deployment = (spec: object): string => object('apps/v1', 'Deployment', 'web', { spec });
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [box] } };
const selector = { matchLabels: { app: 'web' } };

const wrong: Readonly<Record<string, string>> = {
  'unknown field': object('v1', 'ConfigMap', 'a', { date: {} }),
  'two unknown fields': deployment({
    selector,
    template: { ...template, spec: { containers: [{ ...box, imag: 1 }] } },
    replica: 1,
  }),
  'duplicate field': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: "1" }\ndata: { a: "2" }\n',
  'number for a string': object('v1', 'ConfigMap', 'a', { data: { a: 1 } }),
  'string for a number': deployment({ selector, template, replicas: 'many' }),
  'object for a list': deployment({ selector, template: { ...template, spec: { containers: box } } }),
  'no containers': pod('{"containers":[]}'),
  'nothing in a deployment': deployment({}),
  'no spec': object('apps/v1', 'Deployment', 'web', {}),
  'selector without labels': deployment({ selector, template: { spec: { containers: [box] } } }),
  'empty selector': deployment({ selector: {}, template }),
  'negative replicas': deployment({ selector, template, replicas: -1 }),
  'no image': pod('{"containers":[{"name":"a"}]}'),
  'bad container name': pod('{"containers":[{"name":"A_b","image":"x"}]}'),
  'two containers of one name': pod('{"containers":[{"name":"a","image":"x"},{"name":"a","image":"x"}]}'),
  'bad ports': pod(
    '{"containers":[{"name":"a","image":"x","ports":[{"containerPort":70000},{"containerPort":80,"protocol":"HTTP"}]}]}',
  ),
  'bad restart policy': pod('{"restartPolicy":"Sometimes","containers":[{"name":"a","image":"x"}]}'),
  'bad pull policy': pod('{"containers":[{"name":"a","image":"x","imagePullPolicy":"Maybe"}]}'),
  'unknown volume': pod('{"containers":[{"name":"a","image":"x","volumeMounts":[{"name":"none","mountPath":"/a"}]}]}'),
  'two volumes of one name': pod(
    '{"volumes":[{"name":"v","emptyDir":{}},{"name":"v","emptyDir":{}}],"containers":[{"name":"a","image":"x"}]}',
  ),
  'requests above limits': pod(
    '{"containers":[{"name":"a","image":"x","resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1"}}}]}',
  ),
  'bad quantity': pod('{"containers":[{"name":"a","image":"x","resources":{"requests":{"cpu":"lots"}}}]}'),
  'bad env name': pod('{"containers":[{"name":"a","image":"x","env":[{"name":"1=2","value":"x"}]}]}'),
  'bad toleration': pod(
    '{"tolerations":[{"key":"a","operator":"Exists","value":"b"},{"effect":"Never","operator":"Exists"}],"containers":[{"name":"a","image":"x"}]}',
  ),
  'unknown service account': pod('{"serviceAccountName":"nobody","containers":[{"name":"a","image":"x"}]}'),
  'unknown priority class': pod('{"priorityClassName":"none","containers":[{"name":"a","image":"x"}]}'),
  'bad name': object('v1', 'ConfigMap', 'Not_A_Name', {}),
  'long name': object('v1', 'ConfigMap', 'a'.repeat(254), {}),
  'bad service name': object('v1', 'Service', '1web', { spec: { ports: [{ port: 80 }] } }),
  'no ports': object('v1', 'Service', 'web', { spec: {} }),
  'bad service': object('v1', 'Service', 'web', { spec: { type: 'Public', ports: [{ port: 0 }, { port: 80 }] } }),
  'bad cluster address': object('v1', 'Service', 'web', { spec: { clusterIP: '1.2.3.4', ports: [{ port: 80 }] } }),
  // One at a time: the API server tells several in the order of a Go map, which is none.
  'bad label name': labelled({ '-a': 'b' }),
  'bad label value': labelled({ c: 'd e' }),
  'bad annotation': JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', annotations: { 'a b': 'c' } },
  }),
  'bad key': object('v1', 'ConfigMap', 'a', { data: { 'a/b': 'c' } }),
  'bad base64': object('v1', 'Secret', 'a', { data: { a: '%%%' } }),
  'tls secret without a key': object('v1', 'Secret', 'a', { type: 'kubernetes.io/tls', data: { 'tls.crt': 'eA==' } }),
  'bad binding': object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'a', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Rule', name: '' },
    subjects: [{ kind: 'ServiceAccount', name: 'x' }],
  }),
  'bad role': object('rbac.authorization.k8s.io/v1', 'Role', 'a', {
    rules: [{ apiGroups: [''], resources: ['pods'] }],
  }),
  'bad schedule': object('batch/v1', 'CronJob', 'a', {
    spec: { schedule: 'x', jobTemplate: { spec: { template: { spec: { containers: [box] } } } } },
  }),
  'job that restarts': object('batch/v1', 'Job', 'a', { spec: { template: { spec: { containers: [box] } } } }),
  'bad budget': object('policy/v1', 'PodDisruptionBudget', 'a', { spec: { minAvailable: 1, maxUnavailable: 1 } }),
  'bad network policy': object('networking.k8s.io/v1', 'NetworkPolicy', 'a', {
    spec: { podSelector: {}, policyTypes: ['Sideways'] },
  }),
  'bad autoscaler': object('autoscaling/v2', 'HorizontalPodAutoscaler', 'a', {
    spec: { minReplicas: 5, maxReplicas: 1, scaleTargetRef: { kind: 'Deployment', name: 'x' } },
  }),
  'wrong namespace': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"other"}}',
  'old version': object('extensions/v1beta1', 'Deployment', 'web', {}),
  'no kind': 'apiVersion: v1\nmetadata: { name: a }\n',
  'no name': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{}}',
  'no yaml': 'a: [',
  'too large': object('v1', 'ConfigMap', 'a', { data: { a: 'x'.repeat(1_100_000) } }),
};

/** What the API server refuses, in its words. */
export const script: Script = {
  name: 'validation',
  calls: [
    ...Object.entries(wrong).map(([as, stdin]) => kubectl('create -f - --dry-run=server', { stdin, as })),
    kubectl('create -f - --validate=warn', {
      stdin: object('v1', 'ConfigMap', 'warned', { date: {} }),
      as: 'unknown field',
    }),
    kubectl('create -f - --validate=ignore', {
      stdin: object('v1', 'ConfigMap', 'ignored', { date: {} }),
      as: 'unknown field',
    }),
    kubectl('create configmap big --from-literal=a={big}'.replace('{big}', 'x'.repeat(100_000)), { as: 'allowed' }),
  ].map((call, index, all) => (index === all.length - 1 ? { ...call, name: 'create a configmap of 100 KB' } : call)),
};
