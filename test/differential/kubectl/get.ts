import type { Script } from '../call.ts';
import { clusterWide, kubectl } from './command.ts';

const objects = `
apiVersion: v1
kind: ConfigMap
metadata: { name: blue, labels: { colour: blue, tier: a } }
data: { z: "1", a: "2" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: red, labels: { colour: red, tier: a }, annotations: { note: hello } }
binaryData: { raw: AAEC }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: green, labels: { colour: green, tier: b } }
---
apiVersion: v1
kind: Secret
metadata: { name: login }
type: kubernetes.io/basic-auth
stringData: { username: u, password: p }
---
apiVersion: v1
kind: Service
metadata: { name: web, labels: { tier: a } }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }, { name: dns, port: 53, protocol: UDP }] }
---
apiVersion: v1
kind: Service
metadata: { name: headless }
spec: { clusterIP: None, selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: outside }
spec: { type: ExternalName, externalName: example.com }
---
apiVersion: v1
kind: Service
metadata: { name: balanced }
spec: { type: NodePort, selector: { app: web }, ports: [{ port: 443 }] }
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: { name: leader }
spec: { holderIdentity: me, leaseDurationSeconds: 15 }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: one }
spec: { minAvailable: 1, selector: { matchLabels: { app: web } } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: share }
spec: { maxUnavailable: 30%, selector: { matchLabels: { app: none } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed }
spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: front }
spec:
  ingressClassName: nginx
  rules: [{ host: a.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }]
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly }
spec:
  schedule: 0 3 * * *
  suspend: true
  jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: docker.io/library/busybox:1.37 }] } } } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: headless
  replicas: 0
  selector: { matchLabels: { app: db } }
  template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: db, image: docker.io/library/redis:8 }] } }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: disk }
spec: { accessModes: [ReadWriteOnce], storageClassName: none, resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: LimitRange
metadata: { name: limits }
spec: { limits: [{ type: Container, default: { cpu: 100m }, defaultRequest: { cpu: 50m } }] }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: robot }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader }
rules: [{ apiGroups: [""], resources: [pods], verbs: [get, list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: readers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: robot, namespace: {ns} }, { kind: User, name: alice }, { kind: Group, name: all }]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec:
  minReplicas: 2
  maxReplicas: 4
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }]
`;

/** Every form of `kubectl get`, on kinds that no controller changes meanwhile. */
export const script: Script = {
  name: 'get',
  calls: [
    kubectl('get all'),
    kubectl('get pods,services'),
    kubectl('apply -f -', { stdin: objects }),
    ...['', ' -o wide', ' -o name', ' --show-labels', ' --no-headers', ' -L colour,tier', ' --show-kind'].map((form) =>
      kubectl(`get configmaps${form}`),
    ),
    ...['yaml', 'json'].map((form) => kubectl(`get configmap red --show-managed-fields -o ${form}`)),
    kubectl('get cm blue green'),
    kubectl('get cm -l colour=blue'),
    kubectl("get cm -l 'colour in (blue,red),tier!=b'"),
    kubectl("get cm -l '!colour' -o name"),
    kubectl("get cm -l 'colour=='"),
    kubectl("get cm -l 'a b'"),
    kubectl('get cm --field-selector metadata.name=red'),
    kubectl('get cm --field-selector data.z=1'),
    kubectl('get pods --field-selector status.phase!=Running'),
    kubectl('get pods --field-selector spec.colour=x'),
    kubectl('get cm --sort-by=.metadata.name'),
    kubectl('get cm --sort-by={.metadata.labels.tier} -o name'),
    kubectl('get cm --chunk-size=1 -o name'),
    kubectl('get cm -o jsonpath=\'{range .items[*]}{.metadata.name}{" "}{end}\''),
    kubectl('get cm -o custom-columns=NAME:.metadata.name,A:.data.a,NOTE:.metadata.annotations.note'),
    kubectl("get cm -o go-template='{{range .items}}{{.metadata.name}},{{end}}'"),
    kubectl('get cm,secret,svc'),
    kubectl('get cm/blue secret/login -o name'),
    ...[
      'svc',
      'leases',
      'pdb',
      'netpol',
      'ingress',
      'cronjobs',
      'statefulsets',
      'pvc',
      'limits',
      'sa',
      'roles',
      'rolebindings',
      'hpa',
    ].flatMap((kind) => [kubectl(`get ${kind}`), kubectl(`get ${kind} -o wide`)]),
    kubectl('get secrets'),
    kubectl('get secret login -o yaml'),
    kubectl('get svc web -o yaml'),
    kubectl('get pdb one -o yaml'),
    kubectl('get cronjob nightly -o yaml'),
    kubectl('get ingress front -o yaml'),
    kubectl('get hpa web -o jsonpath={.spec}'),
    kubectl('get statefulset db -o yaml'),
    clusterWide('get ns {ns}'),
    clusterWide('get ns {ns} -o yaml'),
    clusterWide('get ns nothing'),
    kubectl('get cm nothing'),
    kubectl('get cm nothing blue'),
    kubectl('get cm nothing --ignore-not-found'),
    kubectl('get deploy nothing'),
    kubectl('get nothing'),
    kubectl('get nothing.example.com'),
    kubectl('get deployments.v1.apps'),
    kubectl('get deployments.v9.apps'),
    clusterWide('get cm -n nowhere'),
    clusterWide('get cm blue -n nowhere'),
    clusterWide('get priorityclasses'),
    kubectl('get events --field-selector involvedObject.name=none'),
    kubectl('get --raw /api/v1/namespaces/{ns}/configmaps/nothing'),
  ],
};
