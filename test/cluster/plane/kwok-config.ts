/** Annotation of a node on which the CNI's configuration lies; the CNI stand-in sets it. */
export const cniWritten = 'plane.test/cni';

/** Annotation of a pod of Cilium's that has come up; without it that pod runs, but is not Ready. */
export const agentUp = 'plane.test/agent-up';

/** An image with this in its name cannot be pulled. */
export const missingImage = 'no-such-image';

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

/** A started pod: all of it Ready, or every container but not yet. */
const podRunning = (ready: boolean): string => `
phase: Running
startTime: {{ or .status.startTime Now | Quote }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
conditions:
- {type: Initialized, status: "True", lastTransitionTime: {{ Now | Quote }}}
- {type: PodReadyToStartContainers, status: "True", lastTransitionTime: {{ Now | Quote }}}
- {type: ContainersReady, status: "${ready ? 'True' : 'False'}", lastTransitionTime: {{ Now | Quote }}}
- {type: Ready, status: "${ready ? 'True' : 'False'}", lastTransitionTime: {{ Now | Quote }}}
{{ range .spec.readinessGates }}
- {type: {{ .conditionType | Quote }}, status: "True", lastTransitionTime: {{ Now | Quote }}}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: ${ready}
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

const withoutImage = `
phase: Pending
startTime: {{ Now | Quote }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
conditions:
- {type: ContainersReady, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ Now | Quote }}}
- {type: Ready, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ Now | Quote }}}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  started: false
  restartCount: 0
  state: {waiting: {reason: ImagePullBackOff, message: {{ printf "Back-off pulling image %q" .image | Quote }}}}
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

const absent = (key: string): object => ({ key, operator: 'DoesNotExist' });
const isIn = (key: string, value: string): object => ({ key, operator: 'In', values: [value] });
const isNotIn = (key: string, value: string): object => ({ key, operator: 'NotIn', values: [value] });

const app = '.metadata.labels["k8s-app"]';
const up = `.metadata.annotations["${agentUp}"]`;
const podReady = '.status.conditions.[] | select( .type == "Ready" ) | .status';
const unpullable = `[.spec.containers[], .spec.initContainers[]?] | map(.image) | join(" ") | contains("${missingImage}")`;
const fresh = [absent(deletion), absent('.status.podIP'), isIn(unpullable, 'false')];

const startStages = {
  plain: [stage('pod-running', 'Pod', fresh, { statusTemplate: podRunning(true) })],
  byocni: [
    stage('pod-running', 'Pod', [...fresh, isNotIn(app, 'cilium')], { statusTemplate: podRunning(true) }),
    stage('agent-starting', 'Pod', [...fresh, isIn(app, 'cilium')], { statusTemplate: podRunning(false) }),
    stage(
      'agent-up',
      'Pod',
      [absent(deletion), isIn(app, 'cilium'), { key: up, operator: 'Exists' }, isIn(podReady, 'False')],
      { statusTemplate: podRunning(true) },
    ),
  ],
} as const;

const podStages = [
  stage('image-missing', 'Pod', [absent(deletion), absent('.status.containerStatuses'), isIn(unpullable, 'true')], {
    statusTemplate: withoutImage,
  }),
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

/**
 * kwok's configuration: how it lets nodes and pods live. `plain`: nodes are Ready at once, as are pods;
 * `byocni`: nodes once a CNI is there, and Cilium's agents once they came up.
 */
export const kwokConfig = (form: 'plain' | 'byocni'): string =>
  [...nodeStages[form], ...startStages[form], ...podStages].map((document) => JSON.stringify(document)).join('\n---\n');
