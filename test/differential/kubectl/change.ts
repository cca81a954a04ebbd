import type { Script } from '../call.ts';
import { eventually, kubectl } from './command.ts';

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 0
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - { name: web, image: docker.io/library/nginx:1.29, ports: [{ containerPort: 80 }] }
      tolerations: [{ key: a, operator: Exists }]
`;
const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { a: "1" }\n';

/** The ways to change an object that is there. */
export const script: Script = {
  name: 'change',
  calls: [
    kubectl('apply -f -', { stdin: `${deployment}---\n${settings}` }),
    kubectl(
      `patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"docker.io/library/busybox:1.37"}]}}}}'`,
    ),
    kubectl('get deployment web -o jsonpath={.spec.template.spec.containers[*].name}'),
    kubectl(
      `patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"side","$patch":"delete"}],"tolerations":[{"key":"b","operator":"Exists"}]}}}}'`,
    ),
    kubectl('get deployment web -o jsonpath={.spec.template.spec}'),
    kubectl(`patch deployment web --type=merge -p '{"metadata":{"labels":{"app":null,"tier":"x"}}}'`),
    kubectl(
      `patch deployment web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":0},{"op":"add","path":"/metadata/annotations/a~1b","value":"c"}]'`,
    ),
    kubectl(`patch deployment web --type=json -p '[{"op":"test","path":"/spec/replicas","value":7}]'`),
    kubectl(`patch deployment web --type=json -p '[{"op":"remove","path":"/spec/nothing"}]'`),
    kubectl(`patch deployment web --type=json -p '{"spec":{}}'`),
    kubectl(`patch deployment web -p '{"spec":{"replicas":"many"}}'`),
    kubectl(`patch deployment web -p '{"spec":{"unknown":true}}'`),
    kubectl(`patch deployment web -p 'no json'`),
    kubectl(`patch deployment web -p '{}'`),
    kubectl(`patch deployment web --type=merge -p '{"metadata":{"name":"other"}}'`),
    kubectl(`patch deployment web --type=merge -p '{"metadata":{"resourceVersion":"1"}}'`),
    kubectl(`patch deployment none -p '{}'`),
    kubectl(`patch deployment web --subresource=scale --type=merge -p '{"spec":{"replicas":1}}'`),
    kubectl(
      `patch deployment web --subresource=status --type=merge -p '{"status":{"collisionCount":3}}' -o jsonpath={.status.collisionCount}`,
    ),
    kubectl('get deployment web --subresource=scale -o jsonpath={.spec}{.status.selector}{.kind}'),
    kubectl('get deployment web --subresource=status'),
    kubectl('label configmap settings tier=a'),
    kubectl('label configmap settings tier=b'),
    kubectl('label configmap settings tier=b --overwrite'),
    kubectl('label configmap settings tier=b --overwrite', { as: 'again' }),
    kubectl('label configmap settings tier-'),
    kubectl('label configmap settings none-'),
    kubectl("label configmap settings 'tier=not valid'"),
    kubectl('label configmap settings -x=y'),
    kubectl('label configmap --all where=here'),
    kubectl('annotate configmap settings note=first'),
    kubectl('annotate configmap settings note=second'),
    kubectl('annotate configmap settings note-'),
    kubectl('annotate configmap none note=x'),
    kubectl('annotate configmap settings note=x --resource-version=1'),
    kubectl('replace -f -', { stdin: settings.replace('"1"', '"2"') }),
    kubectl('replace -f -', { stdin: settings.replace('settings', 'none'), as: 'what is not there' }),
    kubectl('replace -f -', {
      stdin: settings.replace('{ name', '{ resourceVersion: "1", name'),
      as: 'with an old version',
    }),
    kubectl('replace --force -f -', { stdin: settings }),
    kubectl('set env deployment/web COLOUR=blue'),
    kubectl('set env deployment/web --list'),
    kubectl('set resources deployment/web --limits=cpu=100m,memory=64Mi'),
    kubectl('create serviceaccount robot'),
    kubectl('set serviceaccount deployment/web robot'),
    kubectl('set image deployment/web none=docker.io/library/nginx:1.30'),
    kubectl('set selector service none app=x'),
    kubectl('scale deployment web --current-replicas=5 --replicas=1'),
    kubectl('scale deployment web --replicas=-1'),
    kubectl('scale deployment none --replicas=1'),
    kubectl('scale configmap settings --replicas=1'),
    kubectl(`patch configmap settings --type=merge -p '{"immutable":true}'`),
    kubectl(`patch configmap settings --type=merge -p '{"data":{"a":"9"}}'`),
    eventually(
      'get deployment web -o jsonpath={.status.conditions[?(@.type=="Progressing")].reason}{.status.unavailableReplicas}',
      /^NewReplicaSetAvailable$/,
    ),
    kubectl(
      `get deployment web -o 'jsonpath={range .metadata.managedFields[*]}{.manager}{.operation}{.fieldsV1}{end}'`,
    ),
  ],
};
