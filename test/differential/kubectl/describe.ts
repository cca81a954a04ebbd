import type { Script } from '../call.ts';
import { clusterWide, eventually, kubectl } from './command.ts';

const objects = `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { a: "1" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, annotations: { note: x } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: web
        image: docker.io/library/nginx:1.29
        ports: [{ containerPort: 80 }]
        resources: { limits: { cpu: 100m, memory: 64Mi }, requests: { cpu: 50m } }
        env: [{ name: A, value: b }, { name: NODE, valueFrom: { fieldRef: { fieldPath: spec.nodeName } } }]
        envFrom: [{ configMapRef: { name: settings } }]
        volumeMounts: [{ name: settings, mountPath: /etc/settings }]
        readinessProbe: { httpGet: { path: /, port: 80 } }
      volumes: [{ name: settings, configMap: { name: settings } }]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{ name: agent, image: quay.io/example/agent:1 }]
---
apiVersion: batch/v1
kind: Job
metadata: { name: once }
spec:
  template:
    spec:
      nodeSelector: { none: x }
      restartPolicy: Never
      containers: [{ name: once, image: docker.io/library/busybox:1.37, command: ["true"] }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web }
spec: { minAvailable: 1, selector: { matchLabels: { app: web } } }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader }
rules: [{ apiGroups: ["", apps], resources: [pods, deployments], verbs: [get, list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: readers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: default, namespace: "{ns}" }]
---
apiVersion: v1
kind: Secret
metadata: { name: login }
data: { a: eHg= }
`;

/** `kubectl describe`, which reads events and what belongs to an object; without the events where they are chance. */
export const script: Script = {
  name: 'describe',
  calls: [
    kubectl('apply -f -', { stdin: objects }),
    eventually('get deployment web', /2\/2/),
    eventually('get daemonset agent -o jsonpath={.status.numberReady}', /^2$/),
    // Each of these has a controller of its own, which may see the ready pods later than the deployment's does.
    eventually(
      'get endpointslices -l kubernetes.io/service-name=web -o jsonpath={.items[*].endpoints[*].conditions.ready}',
      /^true true$/,
    ),
    eventually('get pdb web -o jsonpath={.status.currentHealthy}', /^2$/),
    kubectl('describe configmap settings'),
    kubectl('describe secret login'),
    kubectl('describe service web'),
    kubectl('describe deployment web'),
    kubectl('describe daemonset agent'),
    kubectl('describe replicaset -l app=web'),
    kubectl('describe pods -l app=web --show-events=false'),
    kubectl('describe job once'),
    kubectl('describe pod -l job-name=once'),
    kubectl('describe pdb web --show-events=false'),
    kubectl('describe serviceaccount default'),
    kubectl('describe endpointslices -l kubernetes.io/service-name=web'),
    kubectl('describe nothing'),
    kubectl('describe pod none'),
    clusterWide('describe namespace {ns}'),
    clusterWide('describe priorityclass system-node-critical'),
    kubectl('describe role reader'),
    kubectl('describe rolebinding readers'),
    kubectl('get events --field-selector involvedObject.kind=Deployment'),
    kubectl(
      'get events --field-selector involvedObject.kind=ReplicaSet,reason=SuccessfulCreate -o custom-columns=T:.type,S:.source.component,M:.message',
    ),
    kubectl(
      'get events --field-selector reason=FailedScheduling -o custom-columns=T:.type,S:.reportingComponent,M:.message,A:.action',
    ),
    kubectl('get events --field-selector involvedObject.kind=Job -o wide'),
    kubectl('events --for=deployment/web'),
    kubectl('events --types=Warning'),
    kubectl('delete deployment/web daemonset/agent job/once'),
  ],
};
