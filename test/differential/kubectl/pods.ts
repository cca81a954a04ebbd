import type { Script } from '../call.ts';
import { eventually, kubectl } from './command.ts';

const two = `
apiVersion: v1
kind: Pod
metadata: { name: two, labels: { app: two } }
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - { name: first, image: docker.io/library/busybox:1.37, command: [sleep, "1000"] }
  - { name: second, image: docker.io/library/busybox:1.37, command: [sleep, "1000"] }
`;
const stuck = `
apiVersion: v1
kind: Pod
metadata: { name: stuck }
spec:
  nodeSelector: { none: x }
  containers: [{ name: main, image: docker.io/library/busybox:1.37 }]
`;

/** Pods, and what is asked of the kubelet through the API server. */
export const script: Script = {
  name: 'kubectl-pods',
  calls: [
    kubectl('apply -f -', { stdin: `${two}---${stuck}` }),
    kubectl('wait --for=condition=Ready pod/two --timeout=30s'),
    kubectl('get pods'),
    kubectl('get pods -o wide'),
    kubectl('get pod two -o jsonpath={.metadata.labels}{.metadata.generation}{.spec.containers}{.spec.tolerations}'),
    kubectl('get pod two -o jsonpath={.spec.volumes}'),
    kubectl('get pod two -o jsonpath={.status.phase}{.status.qosClass}{.status.containerStatuses[*].ready}'),
    kubectl('get pod stuck -o jsonpath={.status}'),
    kubectl('get pods --field-selector spec.nodeName= -o name'),
    kubectl('get pods --field-selector status.phase=Running -o name'),
    kubectl('logs none'),
    kubectl('logs two -c third'),
    kubectl('logs stuck'),
    kubectl('logs -l app=nothing'),
    kubectl('logs deployment/none'),
    kubectl('logs two --tail=-5'),
    kubectl('logs two -c first --since=-1s'),
    kubectl('exec none -- true'),
    kubectl('exec two -c third -- true'),
    kubectl('exec stuck -- true'),
    kubectl('exec two'),
    kubectl('cp {ns}/none:/a /tmp/none'),
    kubectl('port-forward pod/none 0:80'),
    kubectl('port-forward pod/stuck 0:80'),
    kubectl('port-forward service/none 0:80'),
    kubectl('attach none'),
    kubectl('attach stuck'),
    kubectl('debug none --image=docker.io/library/busybox:1.37'),
    kubectl(
      'run twice --image=docker.io/library/busybox:1.37 --restart=Never --overrides={"spec":{"nodeSelector":{"none":"x"}}}',
    ),
    kubectl('run twice --image=docker.io/library/busybox:1.37'),
    kubectl(`patch pod two -p '{"spec":{"containers":[{"name":"first","command":["true"]}]}}'`),
    kubectl(`patch pod two -p '{"spec":{"containers":[{"name":"first","image":"docker.io/library/busybox:1.36"}]}}'`),
    kubectl(`patch pod two -p '{"spec":{"nodeName":"other"}}'`),
    kubectl(`patch pod stuck -p '{"spec":{"terminationGracePeriodSeconds":5}}'`),
    kubectl('delete pod two --grace-period=1'),
    kubectl('delete pod stuck --grace-period=0 --force'),
    kubectl('delete pod twice --now'),
    eventually('get pods -o name', /^$/),
    kubectl('get pods', { as: 'none left' }),
  ],
};
