import { expect, test } from 'vitest';
import { classify } from '../../src/helm/helm-error.ts';

// What helm 3.17.3 and 4.1.4 printed, and what their sources print where it takes a cluster to see it.
test.each([
  [
    'unreachable',
    'Error: Kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused',
  ],
  [
    'unreachable',
    'Error: kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused',
  ],
  ['in-progress', 'Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress'],
  ['in-progress', 'Error: release: already exists'],
  ['in-progress', 'Error: INSTALLATION FAILED: cannot re-use a name that is still in use'],
  [
    'schema',
    "Error: values don't meet the specifications of the schema(s) in the following chart(s):\ncilium:\n- at '/hubble/relay/enabled': got string, want boolean\n",
  ],
  [
    'schema',
    "Error: values don't meet the specifications of the schema(s) in the following chart(s):\ncilium:\n- hubble.relay.enabled: Invalid type. Expected: boolean, given: string\n",
  ],
  [
    'template-failed',
    'Error: execution error at (cilium/templates/cilium-configmap.yaml:79:5): kubeProxyReplacement must be set\n\nUse --debug flag to render out invalid YAML',
  ],
  ['kube-version', 'Error: chart requires kubeVersion: >= 1.21.0-0 which is incompatible with Kubernetes v1.15.0'],
  ['timeout', 'Error: context deadline exceeded'],
  [
    'timeout',
    'Error: UPGRADE FAILED: resource DaemonSet/kube-system/cilium not ready. status: InProgress, message: Available: 2/4\ncontext deadline exceeded',
  ],
  ['not-found', 'Error: release: not found'],
  [
    'forbidden',
    'Error: query: failed to query with labels: secrets is forbidden: User "u" cannot list resource "secrets" in API group "" in the namespace "kube-system"',
  ],
  [
    'conflict',
    'Error: UPGRADE FAILED: conflict occurred while applying object kube-system/cilium-config /v1, Kind=ConfigMap: Apply failed with 1 conflict: conflict with "kubectl-edit"',
  ],
  ['other', 'Error: something nobody has seen'],
] as const)('tells %s from the text', (reason, stderr) => {
  expect(classify(stderr, 'install kube-system/cilium')).toMatchObject({ name: 'HelmError', reason });
});

test('says in one line what helm could not do and why', () => {
  const { message, hint } = classify(
    "Error: values don't meet the specifications of the schema(s) in the following chart(s):\ncilium:\n- at '/hubble/relay/enabled': got string, want boolean\n",
    'install kube-system/cilium',
  );
  expect(message).toBe(
    "helm could not install kube-system/cilium: values don't meet the specifications of the schema(s) in the following chart(s): cilium: - at '/hubble/relay/enabled': got string, want boolean",
  );
  expect(hint).toMatch(/extra values/);
});

test('leaves warnings before the error out', () => {
  expect(classify('level=WARN msg="unable to find exact version"\nError: release: not found', 'x').message).toBe(
    'helm could not x: release: not found',
  );
});

test.each([
  'Error: YAML parse error on cilium/templates/ca.yaml: ca.key: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFb3dJQkFBS0NBUUVBd3dP',
  'Error: -----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----',
  'Error: Get "https://user:hunter2@registry.example/v2/": unauthorized',
  'Error: Get "https://blob.example/x?sig=hunter2&se=1": 403',
  'Error: Authorization: Bearer hunter2hunter2',
  'Error: values: password: hunter2',
])('keeps secrets out of the message: %#', (stderr) => {
  const { message } = classify(stderr, 'pull');
  expect(message).toContain('[redacted]');
  expect(message).not.toMatch(/hunter2|MIIE|LS0t/);
});

test('a field that somebody else has set is told with his name, the object and what to do', () => {
  const { message, hint } = classify(
    `level=WARN msg="upgrade failed" name=cilium error="conflict occurred while applying object kube-system/cilium-config /v1, Kind=ConfigMap: Apply failed with 2 conflicts: conflicts with \\"kubectl-edit\\":\\n- .data.enable-hubble\\nconflicts with \\"argocd-controller\\" using v1:\\n- .data.enable-l7-proxy"
Error: UPGRADE FAILED: conflict occurred while applying object kube-system/cilium-config /v1, Kind=ConfigMap: Apply failed with 2 conflicts: conflicts with "kubectl-edit":
- .data.enable-hubble
conflicts with "argocd-controller" using v1:
- .data.enable-l7-proxy
`,
    'install kube-system/cilium',
  );
  expect(message).toBe(
    'helm could not install kube-system/cilium: kubectl-edit and argocd-controller have set .data.enable-hubble, .data.enable-l7-proxy of ConfigMap kube-system/cilium-config to something else, and helm does not take them away.',
  );
  expect(hint).toMatch(/^Set it back \(kubectl edit configmap cilium-config --namespace kube-system\)/);
});

test('a conflict over one field, and over an object without a namespace', () => {
  const { message, hint } = classify(
    'Error: UPGRADE FAILED: conflict occurred while applying object /cilium rbac.authorization.k8s.io/v1, Kind=ClusterRole: Apply failed with 1 conflict: conflict with "kubectl-edit" using rbac.authorization.k8s.io/v1: .rules\n',
    'install kube-system/cilium',
  );
  expect(message).toContain(
    'kubectl-edit has set .rules of ClusterRole cilium to something else, and helm does not take it away',
  );
  expect(hint).toContain('(kubectl edit clusterrole cilium)');
});
