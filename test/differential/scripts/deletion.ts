import { asProduct, http, patchTypes, type Answer, type Call, type Script } from '../call.ts';
import { configMap, deployment } from './objects.ts';

const maps = '/api/v1/namespaces/{ns}/configmaps';
const webs = '/apis/apps/v1/namespaces/{ns}/deployments';
const sets = '/apis/apps/v1/namespaces/{ns}/replicasets';
const uidOf = ({ body }: Answer): string => (body as { readonly metadata: { readonly uid: string } }).metadata.uid;
const itemsOf = ({ body }: Answer): readonly unknown[] => (body as { readonly items?: readonly unknown[] }).items ?? [];

/** A deletion's answer, and whether what it names is gone in the end, and what became of the ReplicaSet. */
const withSet = (name: string, policy: string): Call => ({
  name,
  async run(world) {
    await world.ask('POST', webs, deployment(name, { replicas: 0 }));
    const selector = `${sets}?labelSelector=app%3D${name}`;
    await world.until(selector, (answer) => itemsOf(answer).length === 1);
    const answer = await world.ask('DELETE', `${webs}/${name}`, { propagationPolicy: policy });
    const gone = await world.until(`${webs}/${name}`, ({ status }) => status === 404);
    if (policy !== 'Orphan') await world.until(selector, (left) => itemsOf(left).length === 0);
    const left = itemsOf(await world.ask('GET', selector)).map((item) => {
      const { metadata } = item as { readonly metadata: { readonly ownerReferences?: unknown } };
      return { owned: metadata.ownerReferences !== undefined };
    });
    const body = answer.body as { readonly status: unknown; readonly details?: unknown };
    return { status: answer.status, deleted: body.status === 'Success', gone: gone.status, left };
  },
});

/** How things go, and what keeps them. */
export const script: Script = {
  name: 'deletion',
  calls: [
    http('create with a finalizer', 'POST', maps, configMap('held', {}, { finalizers: ['x.example/hold'] })),
    http('delete what is held', 'DELETE', `${maps}/held`),
    http('delete it again', 'DELETE', `${maps}/held`),
    http('it is still there', 'GET', `${maps}/held`),
    http('change it while it goes', 'PATCH', `${maps}/held`, { data: { late: 'yes' } }, patchTypes.merge),
    http(
      'a finalizer more while it goes',
      'PATCH',
      `${maps}/held`,
      { metadata: { finalizers: ['x.example/hold', 'x.example/more'] } },
      patchTypes.merge,
    ),
    http('let it go', 'PATCH', `${maps}/held`, { metadata: { finalizers: null } }, patchTypes.merge),
    http('it is gone', 'GET', `${maps}/held`),
    http('create two', 'POST', maps, configMap('one', {}, { labels: { batch: 'x' } })),
    http('and the other', 'POST', maps, configMap('two', {}, { labels: { batch: 'x' } })),
    http('delete both', 'DELETE', `${maps}?labelSelector=batch%3Dx`),
    http('both are gone', 'GET', `${maps}?labelSelector=batch%3Dx`),
    withSet('foreground', 'Foreground'),
    withSet('background', 'Background'),
    withSet('orphan', 'Orphan'),
    http('a policy that there is not', 'DELETE', `${maps}/kube-root-ca.crt?propagationPolicy=Sideways`),
    http('a policy and orphanDependents', 'DELETE', `${maps}/kube-root-ca.crt`, {
      propagationPolicy: 'Orphan',
      orphanDependents: true,
    }),
    http('a grace that is below zero', 'DELETE', `${maps}/kube-root-ca.crt?gracePeriodSeconds=x`),
    {
      name: 'what is owned goes with its owner',
      async run(world) {
        const owner = await world.ask('POST', maps, configMap('owner'));
        const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: uidOf(owner) }];
        await world.ask('POST', maps, configMap('owned', {}, { ownerReferences }));
        await world.ask('DELETE', `${maps}/owner`);
        return (await world.until(`${maps}/owned`, ({ status }) => status === 404)).status;
      },
    },
    {
      name: 'what is owned by what never was goes, too',
      async run(world) {
        const ownerReferences = [
          { apiVersion: 'v1', kind: 'ConfigMap', name: 'never', uid: '00000000-0000-0000-0000-000000000009' },
        ];
        await world.ask('POST', maps, configMap('stray', {}, { ownerReferences }));
        return (await world.until(`${maps}/stray`, ({ status }) => status === 404)).status;
      },
    },
    http('a namespace', 'POST', '/api/v1/namespaces', { metadata: { name: '{p}-going' } }),
    http(
      'something that holds it',
      'POST',
      '/api/v1/namespaces/{p}-going/configmaps',
      configMap('held', {}, { finalizers: ['x.example/hold'] }),
    ),
    asProduct({
      name: 'delete the namespace',
      run: (world) => world.ask('DELETE', '/api/v1/namespaces/{p}-going'),
    }),
    http('create in it while it goes', 'POST', '/api/v1/namespaces/{p}-going/configmaps', configMap('late')),
    {
      name: 'let go what holds it, and it goes',
      async run(world) {
        await world.until(
          '/api/v1/namespaces/{p}-going/configmaps/held',
          ({ body }) =>
            (body as { metadata?: { deletionTimestamp?: string } }).metadata?.deletionTimestamp !== undefined,
        );
        await world.ask(
          'PATCH',
          '/api/v1/namespaces/{p}-going/configmaps/held',
          { metadata: { finalizers: null } },
          patchTypes.merge,
        );
        return world.until('/api/v1/namespaces/{p}-going', ({ status }) => status === 404);
      },
    },
    http('a namespace that may not go', 'DELETE', '/api/v1/namespaces/kube-system?dryRun=All'),
  ],
};
