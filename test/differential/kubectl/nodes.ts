import type { Script } from '../call.ts';
import { clusterWide, eventually, kubectl } from './command.ts';

const user = 'kubernetes.azure.com/mode=user';
const system = 'kubernetes.azure.com/mode=system';
const agent = `
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
`;
const web = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      topologySpreadConstraints:
      - { maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: { matchLabels: { app: web } } }
      containers: [{ name: web, image: docker.io/library/nginx:1.29 }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web }
spec: { minAvailable: 2, selector: { matchLabels: { app: web } } }
`;
const bare =
  'apiVersion: v1\nkind: Pod\nmetadata: { name: bare }\nspec: { containers: [{ name: a, image: docker.io/library/busybox:1.37 }] }\n';

/** Taints, cordon, drain with DaemonSets and budgets, on the user nodes. */
export const script: Script = {
  name: 'nodes',
  calls: [
    clusterWide('get nodes'),
    clusterWide(`get nodes -l ${user} -o name`),
    clusterWide('get nodes -L kubernetes.azure.com/mode,kubernetes.io/os'),
    clusterWide('get nodes -o custom-columns=TAINTS:.spec.taints'),
    clusterWide('get nodes --field-selector spec.unschedulable=true'),
    clusterWide('get node none'),
    clusterWide(`get nodes -l ${system} -o jsonpath={.items[0].spec.taints}`),
    clusterWide(`get nodes -l ${user} -o jsonpath={.items[*].status.conditions[?(@.type=="Ready")].reason}`),
    clusterWide(`taint nodes -l ${user} {p}=x:NoSchedule`),
    clusterWide(`taint nodes -l ${user} {p}=x:NoSchedule`, { as: 'again' }),
    clusterWide(`taint nodes -l ${user} {p}=y:NoSchedule`),
    clusterWide(`taint nodes -l ${user} {p}=y:NoSchedule --overwrite`),
    clusterWide(`taint nodes -l ${user} {p}=y:Never`),
    clusterWide(`taint nodes -l ${user} {p}-`),
    clusterWide(`taint nodes -l ${user} {p}-`, { as: 'again' }),
    clusterWide('taint nodes none a=b:NoSchedule'),
    kubectl('apply -f -', { stdin: `${agent}---${web}` }),
    kubectl('apply -f -', { stdin: bare, as: 'a pod of nobody' }),
    eventually('get daemonset agent -o jsonpath={.status.numberReady}', /^2$/),
    eventually('get deployment web', /2\/2/),
    eventually('get pdb web -o jsonpath={.status.currentHealthy}', /^2$/),
    kubectl('wait --for=condition=Ready pod/bare --timeout=20s'),
    kubectl('get pdb'),
    kubectl('get pdb web -o jsonpath={.status}'),
    clusterWide(`cordon -l ${user}`),
    clusterWide(`cordon -l ${user}`, { as: 'again' }),
    clusterWide('get nodes', { as: 'cordoned' }),
    clusterWide(`get nodes -l ${user} -o jsonpath={.items[0].spec.taints}{.items[0].spec.unschedulable}`),
    clusterWide(`uncordon -l ${user}`),
    clusterWide(`uncordon -l ${user}`, { as: 'again' }),
    clusterWide('cordon none'),
    clusterWide('drain none'),
    kubectl('delete pod bare --now'),
    kubectl('delete pdb web'),
    kubectl('delete deployment web'),
    eventually('get pods -l app=web -o name', /^$/),
    kubectl('delete daemonset agent'),
  ],
};
