import { http, type Answer, type Call, type Script } from '../call.ts';
import { deployment, pod } from './objects.ts';

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly apiVersion: string;
  readonly subresource?: string;
  readonly fieldsV1: unknown;
}
interface Managed {
  readonly metadata: { readonly managedFields?: readonly Entry[] };
}

const entriesOf = ({ body }: Answer): readonly (readonly Entry[])[] => {
  const { items = [body as Managed] } = body as { readonly items?: readonly Managed[] };
  return items.map(({ metadata }) => metadata.managedFields ?? []);
};

/** Kubelets are kwok's on the real side, which write other fields of a pod's status. */
const kubelets = ['kubelet', 'kwok'];

/** Who owns what of an object, or of each in a list, once a component of the cluster has written what `when` looks for. */
const managers = (
  name: string,
  path: string,
  when: (text: string) => boolean = (text) => text.includes('kube-controller-manager'),
): Call => ({
  name,
  async run(world) {
    const { status, body } = await world.until(
      path,
      (answer) => answer.status === 200 && when(JSON.stringify(answer.body)),
    );
    const objects = entriesOf({ status, headers: {}, body });
    return objects.map((entries) =>
      entries
        .filter(({ manager }) => !kubelets.includes(manager))
        .map(({ manager, operation, apiVersion, subresource, fieldsV1 }) => ({
          of: [manager, operation, apiVersion, subresource],
          managedFields: fieldsV1,
        })),
    );
  },
});

const workload = (kind: string, name: string, spec: object): object => {
  const { spec: template } = deployment(name, {}, { containers }) as { readonly spec: object };
  return { apiVersion: 'apps/v1', kind, metadata: { name, labels: { app: name } }, spec: { ...template, ...spec } };
};

const job = {
  template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'docker.io/library/busybox:1.37' }] } },
};
const containers = [{ name: 'web', image: 'docker.io/library/nginx:1.29' }];
const apps = '/apis/apps/v1/namespaces/{ns}';
const core = '/api/v1/namespaces/{ns}';
const is =
  (...texts: readonly string[]) =>
  (body: string): boolean =>
    texts.every((text) => body.includes(text));

/** What the cluster's own components enter in managedFields when they write. */
export const script: Script = {
  name: 'managers',
  calls: [
    http('a deployment', 'POST', `${apps}/deployments`, deployment('web', {}, { containers })),
    http('a service', 'POST', `${core}/services`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    }),
    managers('of a deployment', `${apps}/deployments/web`, is('NewReplicaSetAvailable')),
    managers('of its replica set', `${apps}/replicasets?labelSelector=app=web`, is('"availableReplicas"')),
    managers('of its pod', `${core}/pods?labelSelector=app=web`, is('"nodeName"')),
    managers('of endpoints', `${core}/endpoints/web`, is('"addresses"')),
    managers(
      'of an endpoint slice',
      '/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices?labelSelector=kubernetes.io/service-name=web',
      is('"ready":true'),
    ),
    http('a daemon set', 'POST', `${apps}/daemonsets`, workload('DaemonSet', 'all', {})),
    managers('of a daemon set', `${apps}/daemonsets/all`, is('"numberAvailable":2')),
    managers('of its pods', `${core}/pods?labelSelector=app=all`, is('"nodeName"')),
    managers('of its revision', `${apps}/controllerrevisions?labelSelector=app=all`),
    http('a stateful set', 'POST', `${apps}/statefulsets`, workload('StatefulSet', 'one', { serviceName: 'one' })),
    managers('of a stateful set', `${apps}/statefulsets/one`, is('"readyReplicas"', '"currentRevision"')),
    managers('of its first pod', `${core}/pods/one-0`, is('"nodeName"')),
    http('a job', 'POST', '/apis/batch/v1/namespaces/{ns}/jobs', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'job' },
      spec: job,
    }),
    managers('of a job', '/apis/batch/v1/namespaces/{ns}/jobs/job', is('Complete')),
    managers("of a job's pod", `${core}/pods?labelSelector=job-name=job`),
    http('a budget', 'POST', '/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    }),
    managers(
      'of a budget',
      '/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets/web',
      is('"expectedPods"', 'kube-controller-manager'),
    ),
    http('a pod for nowhere', 'POST', `${core}/pods`, pod('nowhere', { nodeSelector: { none: 'x' } })),
    managers('of a pod that fits nowhere', `${core}/pods/nowhere`, is('Unschedulable')),
    managers('of its event', `${core}/events?fieldSelector=involvedObject.name=nowhere`, is('FailedScheduling')),
    managers(
      "of a deployment's event",
      `${core}/events?fieldSelector=involvedObject.kind=Deployment,involvedObject.name=web`,
      is('ScalingReplicaSet'),
    ),
    managers('of the default account', `${core}/serviceaccounts/default`, () => true),
    managers('of the CA', `${core}/configmaps/kube-root-ca.crt`),
    http('a definition', 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'owns.{p}.managers.io' },
      spec: {
        group: '{p}.managers.io',
        scope: 'Cluster',
        names: { plural: 'owns', kind: 'Own' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    }),
    managers(
      'of a definition',
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/owns.{p}.managers.io',
      is('"Established"'),
    ),
    {
      name: 'a replica less',
      async run(world) {
        const patch = { 'content-type': 'application/merge-patch+json' };
        return (await world.ask('PATCH', `${apps}/deployments/web`, { spec: { replicas: 0 } }, patch)).status;
      },
    },
    managers(
      'of a replica set that was scaled',
      `${apps}/replicasets?labelSelector=app=web`,
      (text) => text.includes('"observedGeneration":2') && !text.includes('"availableReplicas"'),
    ),
    http('no definition', 'DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/owns.{p}.managers.io'),
  ],
};
