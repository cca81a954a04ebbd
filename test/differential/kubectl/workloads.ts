import type { Script } from '../call.ts';
import { eventually, kubectl } from './command.ts';

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
      containers: [{ name: web, image: docker.io/library/nginx:1.29 }]
`;
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
      tolerations: [{ operator: Exists }]
      containers: [{ name: agent, image: quay.io/example/agent:1 }]
`;
const db = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  replicas: 2
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{ name: db, image: docker.io/library/redis:8 }]
`;

/** Workloads through their rollouts, as `kubectl rollout` and `get` tell of them. */
export const script: Script = {
  name: 'workloads',
  calls: [
    kubectl('apply -f -', { stdin: [web, agent, db].join('---') }),
    kubectl('rollout status deployment/none --timeout=5s'),
    eventually('get deployment web', /2\/2/),
    eventually('get statefulset db', /2\/2/),
    kubectl('rollout status deployment/web --timeout=60s', { as: 'done already' }),
    kubectl('rollout status daemonset/agent --timeout=60s'),
    kubectl('rollout status statefulset/db --timeout=60s'),
    kubectl('get deployments,replicasets,daemonsets,statefulsets'),
    kubectl('get deployments,replicasets,daemonsets,statefulsets -o wide'),
    kubectl('get all'),
    kubectl('get pods -l app=db -o wide'),
    kubectl('get deployment web -o yaml'),
    kubectl('get daemonset agent -o yaml'),
    kubectl('get statefulset db -o yaml'),
    kubectl('get replicaset -l app=web -o yaml'),
    kubectl(
      'get pods -l app=db -o jsonpath={.items[*].metadata.labels}{.items[*].metadata.generateName}{.items[*].metadata.ownerReferences}{.items[*].metadata.generation}',
    ),
    kubectl('get pod db-0 -o jsonpath={.spec}'),
    kubectl('get controllerrevisions -l app=agent -o jsonpath={.items[*].data}'),
    kubectl('get controllerrevisions'),
    kubectl('get endpointslices'),
    kubectl('rollout history deployment/web'),
    kubectl('set image deployment/web web=docker.io/library/nginx:1.30'),
    eventually(
      'get deployment web -o jsonpath={.status.conditions[?(@.type=="Progressing")].reason}',
      /^NewReplicaSetAvailable$/,
    ),
    kubectl('annotate deployment web kubernetes.io/change-cause=newer'),
    eventually('get replicaset -l app=web -o jsonpath={.items[*].metadata.annotations}', /newer/),
    kubectl('rollout history deployment/web', { as: 'of two' }),
    kubectl('rollout history deployment/web --revision=2'),
    kubectl('rollout history deployment/web --revision=9'),
    kubectl('rollout undo deployment/web'),
    eventually(
      'get deployment web -o jsonpath={.spec.template.spec.containers[0].image}{.status.conditions[?(@.type=="Progressing")].reason}',
      /^\S+1.29NewReplicaSetAvailable$/,
    ),
    kubectl('rollout history deployment/web', { as: 'after undo' }),
    kubectl('rollout undo deployment/web --to-revision=1'),
    kubectl('rollout pause deployment/web'),
    kubectl('rollout pause deployment/web', { as: 'again' }),
    kubectl('rollout restart deployment/web'),
    kubectl('rollout undo deployment/web', { as: 'while paused' }),
    kubectl('set image deployment/web web=docker.io/library/nginx:1.31'),
    eventually(
      'get deployment web -o jsonpath={.status.conditions[?(@.type=="Progressing")].reason}',
      /^DeploymentPaused$/,
    ),
    kubectl('get deployment web -o jsonpath={.status}', { as: 'paused' }),
    kubectl('rollout resume deployment/web'),
    eventually(
      'get deployment web -o jsonpath={.status.conditions[?(@.type=="Progressing")].reason}',
      /^NewReplicaSetAvailable$/,
      'resumed',
    ),
    kubectl('rollout history daemonset/agent'),
    kubectl('rollout restart daemonset/agent'),
    kubectl('rollout undo daemonset/agent --to-revision=1'),
    kubectl('rollout undo daemonset/agent --to-revision=7'),
    kubectl('rollout history statefulset/db'),
    kubectl('rollout status replicaset/web'),
    kubectl('rollout history job/none'),
    kubectl('scale deployment web --replicas=3'),
    eventually('get deployment web', /3\/3/),
    kubectl('scale deployment web --replicas=0'),
    eventually('get deployment web', /0\/0/),
    kubectl('get deployment web -o jsonpath={.status}', { as: 'of nothing' }),
    kubectl('scale statefulset db --replicas=1'),
    eventually('get pods -l app=db -o name', /^pod\/db-0\n$/),
    kubectl('get statefulset db -o jsonpath={.status}', { as: 'of one' }),
    kubectl('scale daemonset agent --replicas=1'),
    kubectl(
      `patch deployment web -p '{"spec":{"replicas":1,"progressDeadlineSeconds":2,"template":{"spec":{"nodeSelector":{"none":"x"}}}}}'`,
    ),
    eventually(
      'get deployment web -o jsonpath={.status.conditions[?(@.type=="Progressing")].reason}',
      /^ProgressDeadlineExceeded$/,
    ),
    kubectl('rollout status deployment/web --timeout=30s', { as: 'past its deadline' }),
    kubectl('get deployment web -o jsonpath={.status.conditions}', { as: 'past its deadline' }),
    kubectl('get pods -l app=web -o jsonpath={.items[0].status}', { as: 'cannot be scheduled' }),
    kubectl('delete deployment/web daemonset/agent statefulset/db'),
  ],
};
