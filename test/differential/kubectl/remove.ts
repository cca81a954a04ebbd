import type { Script } from '../call.ts';
import { clusterWide, eventually, kubectl } from './command.ts';

const map = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, labels: { group: g }${more} }\n---\n`;
const deployment = (name: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{ name: main, image: docker.io/library/busybox:1.37 }]
---
`;

/** Deletion by name, label and propagation, finalizers, and waiting for any of it. */
export const script: Script = {
  name: 'remove',
  calls: [
    kubectl('apply -f -', {
      stdin: ['a', 'b', 'c', 'd'].map((name) => map(name)).join('') + map('held', ', finalizers: [example.com/hold]'),
    }),
    kubectl('delete configmap a'),
    kubectl('delete configmap a', { as: 'again' }),
    kubectl('delete configmap a --ignore-not-found'),
    kubectl('delete configmap b c'),
    kubectl('delete cm -l group=none'),
    kubectl('delete cm/d secret/none'),
    kubectl('delete nothing x'),
    kubectl('delete configmap'),
    kubectl('delete configmap held --dry-run=server'),
    kubectl('delete configmap held --wait=false'),
    kubectl('get configmap held -o jsonpath={.metadata.finalizers}{.metadata.deletionGracePeriodSeconds}'),
    kubectl('delete configmap held --timeout=1s'),
    kubectl(
      `patch configmap held --type=merge -p '{"metadata":{"finalizers":["example.com/hold","example.com/more"]}}'`,
    ),
    kubectl(`patch configmap held --type=merge -p '{"metadata":{"finalizers":null}}'`),
    kubectl('get configmap held'),
    kubectl('create -f -', { stdin: map('wrong', ', finalizers: [hold]') }),
    kubectl('wait --for=delete configmap/held --timeout=5s'),
    kubectl('wait --for=delete configmap/kube-root-ca.crt --timeout=1s'),
    kubectl('wait --for=condition=Ready pod --all --timeout=1s'),
    kubectl('wait --for=condition=Ready pod/none --timeout=1s'),
    kubectl('wait --for=condition=Ready pod -l app=none --timeout=1s'),
    kubectl('wait --for=create configmap/late --timeout=1s'),
    kubectl('apply -f -', {
      stdin: deployment('background') + deployment('foreground') + deployment('orphan'),
      as: 'workloads',
    }),
    kubectl('wait --for=condition=Available deployment --all --timeout=30s'),
    kubectl('wait --for=jsonpath={.status.readyReplicas}=1 deployment/orphan --timeout=5s'),
    kubectl('wait --for=jsonpath={.status.readyReplicas}=2 deployment/orphan --timeout=1s'),
    kubectl('wait --for=jsonpath={.status.nothing} deployment/orphan --timeout=1s'),
    kubectl('wait --for=condition=Available=False deployment/orphan --timeout=1s'),
    kubectl('delete deployment orphan --cascade=orphan'),
    kubectl('get replicasets -l app=orphan -o jsonpath={.items[*].metadata.ownerReferences}'),
    kubectl('delete deployment foreground --cascade=foreground'),
    kubectl('get replicasets,pods -l app=foreground'),
    kubectl('delete deployment background --cascade=background'),
    eventually('get replicasets,pods -l app=background -o name', /^$/),
    kubectl('delete replicasets --all'),
    eventually('get pods -o name', /^$/),
    clusterWide('create namespace {p}-gone'),
    clusterWide('-n {p}-gone create configmap held --from-literal=a=b'),
    clusterWide(`-n {p}-gone patch configmap held --type=merge -p '{"metadata":{"finalizers":["example.com/hold"]}}'`),
    clusterWide('delete namespace {p}-gone --wait=false'),
    clusterWide('wait --for=condition=NamespaceFinalizersRemaining namespace/{p}-gone --timeout=20s'),
    clusterWide('get namespace {p}-gone'),
    clusterWide('get namespace {p}-gone -o jsonpath={.status}'),
    clusterWide('-n {p}-gone create configmap late'),
    clusterWide('delete namespace {p}-gone --timeout=1s'),
    clusterWide(`-n {p}-gone patch configmap held --type=merge -p '{"metadata":{"finalizers":null}}'`),
    eventually('get namespace {p}-gone --ignore-not-found', /^$/),
    clusterWide('get namespace {p}-gone', { as: 'gone' }),
    clusterWide('delete namespace kube-system --dry-run=server'),
    clusterWide('delete namespace default'),
  ],
};
