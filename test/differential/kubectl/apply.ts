import type { Script } from '../call.ts';
import { kubectl } from './command.ts';

const map = (data: string, name = 'settings'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, labels: { from: apply } }\ndata: ${data}\n`;

const web = (image: string, more = ''): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 0
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: web
        image: docker.io/library/${image}
        ports: [{ containerPort: 80 }]
        env: [{ name: A, value: "1" }, { name: B, value: "2" }]
${more}`;

/** Client-side and server-side apply, their conflicts, and dry runs. */
export const script: Script = {
  name: 'kubectl-apply',
  calls: [
    kubectl('apply -f -', { stdin: map('{ a: "1", b: "2" }'), as: 'new' }),
    kubectl('apply -f -', { stdin: map('{ a: "1", b: "2" }'), as: 'unchanged' }),
    kubectl('apply -f -', { stdin: map('{ a: "3" }'), as: 'a field less' }),
    kubectl('get configmap settings -o yaml --show-managed-fields'),
    kubectl('apply view-last-applied configmap settings'),
    kubectl('apply -f - --dry-run=client', { stdin: map('{ a: "4" }') }),
    kubectl('apply -f - --dry-run=server', { stdin: map('{ a: "4" }') }),
    kubectl('apply -f - --dry-run=server -o yaml', { stdin: map('{ a: "5" }', 'other') }),
    kubectl('diff -f -', { stdin: map('{ a: "3" }'), as: 'no difference' }),
    kubectl('annotate configmap settings note=x'),
    kubectl('create -f -', { stdin: map('{ a: "1" }', 'created') }),
    kubectl('apply -f -', { stdin: map('{ a: "2" }', 'created'), as: 'after create' }),
    kubectl('apply --server-side -f -', { stdin: map('{ a: "1", b: "2" }', 'shared'), as: 'new' }),
    kubectl('apply --server-side -f -', { stdin: map('{ a: "1", b: "2" }', 'shared'), as: 'unchanged' }),
    kubectl('patch configmap shared --type=merge -p \'{"data":{"a":"9"}}\''),
    kubectl('apply --server-side -f -', { stdin: map('{ a: "1", b: "2" }', 'shared'), as: 'conflict' }),
    kubectl('apply --server-side --dry-run=server -f -', {
      stdin: map('{ a: "1", b: "2" }', 'shared'),
      as: 'conflict',
    }),
    kubectl('apply --server-side --force-conflicts -f -', { stdin: map('{ a: "1", b: "2" }', 'shared') }),
    kubectl('apply --server-side --field-manager=other -f -', {
      stdin: map('{ a: "7", b: "8" }', 'shared'),
      as: 'two conflicts',
    }),
    kubectl('apply --server-side --field-manager=other -f -', {
      stdin: map('{ c: "8" }', 'shared'),
      as: 'another field',
    }),
    kubectl('apply --server-side -f -', { stdin: map('{ a: "1" }', 'shared'), as: 'gives a field up' }),
    ...['kubectl', 'kubectl-patch', 'other'].map((manager) =>
      kubectl(`get configmap shared -o 'jsonpath={.data}{.metadata.managedFields[?(@.manager=="${manager}")]}'`),
    ),
    kubectl('apply --server-side -f -', { stdin: map('{ a: "3" }'), as: 'after client-side apply' }),
    kubectl('get configmap settings -o yaml --show-managed-fields', { as: 'after migration' }),
    kubectl('apply --server-side -f -', { stdin: `${map('{}')}zone: x\n`, as: 'unknown field' }),
    kubectl('apply --server-side -f -', { stdin: map('{ a: 1 }'), as: 'number for a string' }),
    kubectl('apply -f -', { stdin: web('nginx:1.29'), as: 'a Deployment' }),
    kubectl('apply -f -', {
      stdin: web('nginx:1.30', '      - { name: side, image: docker.io/library/busybox:1.37 }\n'),
      as: 'with a sidecar',
    }),
    kubectl('get deployment web -o jsonpath={.spec}'),
    kubectl('apply -f -', {
      stdin: web('nginx:1.30').replace('{ name: A, value: "1" }, ', ''),
      as: 'without the sidecar',
    }),
    kubectl(
      `get deployment web -o 'jsonpath={range .metadata.managedFields[*]}{.manager}{.operation}{.fieldsV1}{end}'`,
    ),
    kubectl('apply --server-side -f -', { stdin: web('nginx:1.31'), as: 'a Deployment' }),
    kubectl('scale deployment web --replicas=1 --dry-run=server'),
    kubectl('set image deployment/web web=docker.io/library/nginx:1.32'),
    kubectl('apply --server-side -f -', { stdin: web('nginx:1.33'), as: 'after set image' }),
    kubectl('apply -f -', {
      stdin: web('nginx:1.33').replace('{ matchLabels: { app: web } }', '{ matchLabels: { app: other } }'),
      as: 'another selector',
    }),
    kubectl('apply -f - --server-side --force-conflicts', {
      stdin: web('nginx:1.33').replaceAll('{ app: web }', '{ app: other }'),
      as: 'another selector and label',
    }),
    kubectl('apply -f - --prune=false', {
      stdin: `${map('{ a: "1" }', 'one')}---\n${map('{ a: "1" }', 'two')}`,
      as: 'two objects',
    }),
    kubectl('apply -f -', {
      stdin: `${map('{ a: "2" }', 'one')}---\n${map('{ a: 1 }', 'Two')}`,
      as: 'one good, one bad',
    }),
    kubectl('apply -f -', {
      stdin: map('{ a: "1" }', 'x').replace('metadata: {', 'metadata: { namespace: elsewhere,'),
      as: 'elsewhere',
    }),
    kubectl('apply set-last-applied -f - --create-annotation', { stdin: map('{ a: "1" }', 'two') }),
  ],
};
