import { asProduct, http, type Answer, type Call, type Script } from '../call.ts';
import { pod } from './objects.ts';

const pods = '/api/v1/namespaces/{ns}/pods';
const nodes = '/api/v1/nodes';

interface Seen {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly reason?: string }[];
  };
  readonly spec?: { readonly nodeName?: string };
}
const seen = ({ body }: Answer): Seen => body as Seen;

/** Until the scheduler has said that it cannot, what it said. */
const unschedulable = (name: string, spec: object): Call => ({
  name: `unschedulable: ${name}`,
  async run(world) {
    await world.ask('POST', pods, pod(name.replaceAll(' ', '-'), spec));
    const { body } = await world.until(`${pods}/${name.replaceAll(' ', '-')}`, (answer) =>
      (seen(answer).status?.conditions ?? []).some(({ reason }) => reason === 'Unschedulable'),
    );
    const condition = ((body as Seen).status?.conditions ?? []).find(({ type }) => type === 'PodScheduled');
    const { lastTransitionTime: _t, lastProbeTime: _p, ...told } = condition as unknown as Record<string, unknown>;
    return told;
  },
});

/** Where pods come to stand, what refuses them, and what their nodes answer. */
export const script: Script = {
  name: 'pods-by-http',
  calls: [
    http(
      'what admission makes of the least of a pod',
      'POST',
      `${pods}?dryRun=All`,
      pod('least', { schedulerName: 'nobody' }),
    ),
    http(
      'requests as large as their limits',
      'POST',
      `${pods}?dryRun=All`,
      pod('limits', {
        schedulerName: 'nobody',
        containers: [
          { name: 'c', image: 'registry.example/c@sha256:aa', resources: { limits: { cpu: '0.5', memory: '1024Mi' } } },
        ],
      }),
    ),
    http('without containers', 'POST', pods, pod('no', { containers: [] })),
    http(
      'two containers of one name',
      'POST',
      pods,
      pod('no', {
        containers: [
          { name: 'c', image: 'x' },
          { name: 'c', image: 'x' },
        ],
      }),
    ),
    http(
      'a mount without its volume',
      'POST',
      pods,
      pod('no', { containers: [{ name: 'c', image: 'x', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] }),
    ),
    http('a container without an image', 'POST', pods, pod('no', { containers: [{ name: 'c' }] })),
    http('a service account that is not there', 'POST', pods, pod('no', { serviceAccountName: 'nobody' })),
    http('a priority class that is not there', 'POST', pods, pod('no', { priorityClassName: 'none' })),
    http(
      'requests above their limits',
      'POST',
      pods,
      pod('no', {
        containers: [{ name: 'c', image: 'x', resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }],
      }),
    ),
    unschedulable('no such node', { nodeSelector: { 'kubernetes.io/hostname': 'nowhere' } }),
    unschedulable('too much', { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '64' } } }] }),
    unschedulable('only tainted', { nodeSelector: { 'kubernetes.azure.com/mode': 'system' } }),
    {
      name: 'a pod that tolerates all runs',
      async run(world) {
        await world.ask(
          'POST',
          pods,
          pod('runs', {
            containers: [{ name: 'c', image: 'nginx:1.27' }],
            tolerations: [{ operator: 'Exists' }],
            nodeSelector: { 'kubernetes.azure.com/mode': 'system' },
          }),
        );
        const answer = await world.until(`${pods}/runs`, (now) => seen(now).status?.phase === 'Running');
        return { phase: seen(answer).status?.phase, node: seen(answer).spec?.nodeName };
      },
    },
    http('binding what is bound', 'POST', `${pods}/runs/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'runs' },
      target: { kind: 'Node', name: 'anywhere' },
    }),
    http('log of a container that there is not', 'GET', `${pods}/runs/log?container=none`),
    http('log of a pod that there is not', 'GET', `${pods}/none/log`),
    http('log with a tail that is none', 'GET', `${pods}/runs/log?tailLines=-1`),
    asProduct(http('log of a pod on no node', 'GET', `${pods}/too-much/log`)),
    asProduct(http('exec in a pod that there is not', 'GET', `${pods}/none/exec?command=x`)),
    http('exec without an upgrade', 'POST', `${pods}/runs/exec?command=x&stdout=true`),
    http('a port-forward without an upgrade', 'POST', `${pods}/runs/portforward`),
    http('evict what is not there', 'POST', `${pods}/none/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'none' },
    }),
    http('evict', 'POST', `${pods}/runs/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'runs' },
    }),
    {
      name: 'what was evicted goes',
      run: async (world) => (await world.until(`${pods}/runs`, ({ status }) => status === 404)).status,
    },
    http('by phase', 'GET', `${pods}?fieldSelector=status.phase%3DRunning`),
    asProduct({
      name: 'nodes by a label',
      async run(world) {
        const { body } = await world.ask('GET', `${nodes}?labelSelector=kubernetes.azure.com%2Fmode%3Dsystem`);
        const { items } = body as {
          readonly items: readonly {
            readonly metadata: { readonly name: string };
            readonly spec: { readonly taints?: unknown };
          }[];
        };
        return items.map(({ metadata, spec }) => ({ name: metadata.name, taints: spec.taints }));
      },
    }),
    asProduct(http('a node that there is not', 'GET', `${nodes}/none`)),
    http('a taint without an effect', 'POST', `${nodes}?dryRun=All`, {
      metadata: { name: '{p}-n' },
      spec: { taints: [{ key: 'a' }] },
    }),
    http('a taint twice', 'POST', `${nodes}?dryRun=All`, {
      metadata: { name: '{p}-n' },
      spec: {
        taints: [
          { key: 'a', effect: 'NoSchedule' },
          { key: 'a', effect: 'NoSchedule' },
        ],
      },
    }),
  ],
};
