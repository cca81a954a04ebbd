import { asProduct, http, type Call, type Script } from '../call.ts';

const at = (group: string, plural: string): string =>
  `/${group === 'v1' ? 'api' : 'apis'}/${group}/namespaces/{ns}/${plural}`;
const cluster = (group: string, plural: string): string => `/${group === 'v1' ? 'api' : 'apis'}/${group}/${plural}`;
const create = (what: string, path: string, body: object): Call =>
  http(`create ${what}`, 'POST', `${path}?dryRun=All`, body);
const template = {
  metadata: { labels: { app: 'x' } },
  spec: { containers: [{ name: 'c', image: 'registry.example/x' }] },
};
const selector = { matchLabels: { app: 'x' } };
const named = { metadata: { name: 'x' } };
const apps = 'apps/v1';
const net = 'networking.k8s.io/v1';

/** Every kind that charts bring: what the server makes of the least of it, and what it refuses. Dry runs, so that no controller has a say. */
export const script: Script = {
  name: 'kinds',
  calls: [
    create('a Deployment', at(apps, 'deployments'), { ...named, spec: { selector, template } }),
    create('a Deployment that is recreated', at(apps, 'deployments'), {
      ...named,
      spec: { selector, template, strategy: { type: 'Recreate' } },
    }),
    create('a Deployment without a selector', at(apps, 'deployments'), { ...named, spec: { template } }),
    create('a Deployment whose labels do not fit', at(apps, 'deployments'), {
      ...named,
      spec: { selector: { matchLabels: { app: 'y' } }, template },
    }),
    create('a Deployment with fewer than no replicas', at(apps, 'deployments'), {
      ...named,
      spec: { replicas: -1, selector, template },
    }),
    create('a Deployment without containers', at(apps, 'deployments'), {
      ...named,
      spec: { selector, template: { ...template, spec: {} } },
    }),
    create('a Deployment that restarts never', at(apps, 'deployments'), {
      ...named,
      spec: { selector, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
    }),
    create('a DaemonSet', at(apps, 'daemonsets'), { ...named, spec: { selector, template } }),
    create('a StatefulSet', at(apps, 'statefulsets'), {
      ...named,
      spec: {
        selector,
        template,
        serviceName: 'x',
        volumeClaimTemplates: [
          {
            metadata: { name: 'd' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    }),
    create('a ReplicaSet', at(apps, 'replicasets'), { ...named, spec: { selector, template } }),
    create('a CronJob', at('batch/v1', 'cronjobs'), {
      ...named,
      spec: {
        schedule: '*/5 * * * *',
        jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
      },
    }),
    create('a CronJob with a schedule that is none', at('batch/v1', 'cronjobs'), {
      ...named,
      spec: {
        schedule: 'often',
        jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
      },
    }),
    asProduct(create('a Namespace', cluster('v1', 'namespaces'), { metadata: { name: '{p}-x', labels: { a: 'b' } } })),
    create('a Namespace with dots', cluster('v1', 'namespaces'), { metadata: { name: 'a.b' } }),
    create('a ServiceAccount', at('v1', 'serviceaccounts'), {
      ...named,
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: 'p' }],
    }),
    create('a Secret', at('v1', 'secrets'), { ...named, stringData: { a: 'b' }, data: { c: 'ZA==' } }),
    create('a Secret of TLS without its key', at('v1', 'secrets'), {
      ...named,
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': 'ZA==' },
    }),
    create('a Service', at('v1', 'services'), { ...named, spec: { selector: { app: 'x' }, ports: [{ port: 80 }] } }),
    create('a headless Service', at('v1', 'services'), {
      ...named,
      spec: { clusterIP: 'None', selector: { app: 'x' }, ports: [{ name: 'm', port: 80, targetPort: 'http' }] },
    }),
    create('a Service with an external name', at('v1', 'services'), {
      ...named,
      spec: { type: 'ExternalName', externalName: 'a.example' },
    }),
    create('a Service without ports', at('v1', 'services'), { ...named, spec: { selector: { app: 'x' } } }),
    create('a Service with two ports without names', at('v1', 'services'), {
      ...named,
      spec: { ports: [{ port: 80 }, { port: 81 }] },
    }),
    create('a Service with a port that is none', at('v1', 'services'), {
      ...named,
      spec: { ports: [{ port: 70_000 }] },
    }),
    create('a Service of a type that there is not', at('v1', 'services'), {
      ...named,
      spec: { type: 'Tunnel', ports: [{ port: 80 }] },
    }),
    create('a Service with a name that starts with a digit', at('v1', 'services'), {
      metadata: { name: '1x' },
      spec: { ports: [{ port: 80 }] },
    }),
    create('an Event', at('v1', 'events'), {
      metadata: { name: 'x.1' },
      involvedObject: { kind: 'Pod', name: 'x', namespace: '{ns}' },
      reason: 'Testing',
      message: 'hello',
      type: 'Normal',
    }),
    create('an Event about another namespace', at('v1', 'events'), {
      metadata: { name: 'x.1' },
      involvedObject: { kind: 'Pod', name: 'x', namespace: 'default' },
      reason: 'Testing',
    }),
    create('a PersistentVolumeClaim', at('v1', 'persistentvolumeclaims'), {
      ...named,
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } }, storageClassName: '' },
    }),
    create('a ResourceQuota', at('v1', 'resourcequotas'), {
      ...named,
      spec: { hard: { pods: 10, 'requests.cpu': '1000m' } },
    }),
    create('a LimitRange', at('v1', 'limitranges'), {
      ...named,
      spec: { limits: [{ type: 'Container', default: { cpu: '500m' } }] },
    }),
    create('a PodDisruptionBudget', at('policy/v1', 'poddisruptionbudgets'), {
      ...named,
      spec: { maxUnavailable: 1, selector },
    }),
    create('a PodDisruptionBudget that says both', at('policy/v1', 'poddisruptionbudgets'), {
      ...named,
      spec: { maxUnavailable: 1, minAvailable: 1, selector },
    }),
    create('a Lease', at('coordination.k8s.io/v1', 'leases'), {
      ...named,
      spec: { holderIdentity: 'me', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' },
    }),
    create('an EndpointSlice', at('discovery.k8s.io/v1', 'endpointslices'), {
      ...named,
      addressType: 'IPv4',
      endpoints: [{ addresses: ['192.0.2.1'] }],
      ports: [{ port: 80 }],
    }),
    create('a NetworkPolicy', at(net, 'networkpolicies'), {
      ...named,
      spec: { podSelector: {}, egress: [{ ports: [{ port: 53 }] }] },
    }),
    create('an Ingress', at(net, 'ingresses'), {
      ...named,
      spec: {
        rules: [
          {
            host: 'a.example',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'x', port: { number: 80 } } } }],
            },
          },
        ],
      },
    }),
    create('an IngressClass', cluster(net, 'ingressclasses'), {
      metadata: { name: '{p}-x' },
      spec: { controller: 'x.example/c' },
    }),
    create('a PriorityClass', cluster('scheduling.k8s.io/v1', 'priorityclasses'), {
      metadata: { name: '{p}-x' },
      value: 7,
    }),
    create("a PriorityClass of the system's", cluster('scheduling.k8s.io/v1', 'priorityclasses'), {
      metadata: { name: 'system-x' },
      value: 7,
    }),
    create('a ClusterRole', cluster('rbac.authorization.k8s.io/v1', 'clusterroles'), {
      metadata: { name: '{p}:x' },
      rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
    }),
    create('a ClusterRoleBinding', cluster('rbac.authorization.k8s.io/v1', 'clusterrolebindings'), {
      metadata: { name: '{p}:x' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [
        { kind: 'Group', name: 'g' },
        { kind: 'ServiceAccount', name: 's', namespace: 'n' },
      ],
    }),
    create(
      'a ValidatingWebhookConfiguration',
      cluster('admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations'),
      {
        metadata: { name: '{p}-x' },
        webhooks: [
          {
            name: 'a.x.example',
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
            clientConfig: { service: { name: 's', namespace: 'n', path: '/v' } },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          },
        ],
      },
    ),
    create('a RuntimeClass', cluster('node.k8s.io/v1', 'runtimeclasses'), {
      metadata: { name: '{p}-x' },
      handler: 'runsc',
    }),
    create('a StorageClass', cluster('storage.k8s.io/v1', 'storageclasses'), {
      metadata: { name: '{p}-x' },
      provisioner: 'disk.example',
    }),
    create('a Node', cluster('v1', 'nodes'), {
      metadata: { name: '{p}-x' },
      spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] },
    }),
    create('a HorizontalPodAutoscaler', at('autoscaling/v2', 'horizontalpodautoscalers'), {
      ...named,
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } },
    }),
  ],
};
