/** What a kubelet posts of its node, and what tells that the CNI's configuration lies there: set by the CNI stand-in. */
export const cniWritten = 'plane.test/cni';

const stage = (name: string, kind: 'Node' | 'Pod', when: readonly object[], next: object): object => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name },
  spec: { resourceRef: { apiGroup: 'v1', kind }, selector: { matchExpressions: when }, next },
});

const ready = '.status.conditions.[] | select( .type == "Ready" ) | .status';
const cni = `.metadata.annotations["${cniWritten}"]`;
const deletion = '.metadata.deletionTimestamp';

const condition = (type: string, status: string, reason: string, message: string): string =>
  `- {type: ${type}, status: "${status}", reason: ${reason}, message: ${JSON.stringify(message)}, lastHeartbeatTime: {{ Now | Quote }}, lastTransitionTime: {{ Now | Quote }}}`;

const healthy = [
  condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
  condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
  condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
];

const nodeReady = [...healthy, condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')];
const nodeWithoutCni = [
  ...healthy,
  condition(
    'Ready',
    'False',
    'KubeletNotReady',
    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
  ),
];

const conditions = (lines: readonly string[]): object => ({ statusTemplate: ['conditions:', ...lines].join('\n') });

const nodeStages = {
  plain: [stage('node-ready', 'Node', [{ key: ready, operator: 'NotIn', values: ['True'] }], conditions(nodeReady))],
  byocni: [
    stage(
      'node-without-cni',
      'Node',
      [
        { key: ready, operator: 'DoesNotExist' },
        { key: cni, operator: 'DoesNotExist' },
      ],
      conditions(nodeWithoutCni),
    ),
    stage(
      'node-with-cni',
      'Node',
      [
        { key: ready, operator: 'NotIn', values: ['True'] },
        { key: cni, operator: 'Exists' },
      ],
      conditions(nodeReady),
    ),
  ],
} as const;

const podRunning = `
phase: Running
startTime: {{ Now | Quote }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
conditions:
{{ range $type := list "Initialized" "PodReadyToStartContainers" "ContainersReady" "Ready" }}
- {type: {{ $type }}, status: "True", lastTransitionTime: {{ Now | Quote }}}
{{ end }}
{{ range .spec.readinessGates }}
- {type: {{ .conditionType | Quote }}, status: "True", lastTransitionTime: {{ Now | Quote }}}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  started: true
  restartCount: 0
  state: {running: {startedAt: {{ Now | Quote }}}}
{{ end }}
{{ with .spec.initContainers }}
initContainerStatuses:
{{ range . }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  restartCount: 0
{{ if eq ( or .restartPolicy "" ) "Always" }}
  started: true
  state: {running: {startedAt: {{ Now | Quote }}}}
{{ else }}
  state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }}}}
{{ end }}
{{ end }}
{{ end }}
`;

const jobDone = `
phase: Succeeded
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  started: false
  restartCount: 0
  state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }}}}
{{ end }}
`;

const podStages = [
  stage(
    'pod-running',
    'Pod',
    [
      { key: deletion, operator: 'DoesNotExist' },
      { key: '.status.podIP', operator: 'DoesNotExist' },
    ],
    { statusTemplate: podRunning },
  ),
  stage(
    'job-done',
    'Pod',
    [
      { key: deletion, operator: 'DoesNotExist' },
      { key: '.status.phase', operator: 'In', values: ['Running'] },
      { key: '.metadata.ownerReferences.[].kind', operator: 'In', values: ['Job'] },
    ],
    { statusTemplate: jobDone },
  ),
  stage('pod-gone', 'Pod', [{ key: deletion, operator: 'Exists' }], { finalizers: { empty: true }, delete: true }),
];

/** kwok's configuration: how it lets nodes and pods live. `plain`: nodes are Ready at once; `byocni`: once a CNI is there. */
export const kwokConfig = (form: 'plain' | 'byocni'): string =>
  [...nodeStages[form], ...podStages].map((document) => JSON.stringify(document)).join('\n---\n');
