import type { Call, Script } from '../call.ts';

const groups =
  'apiregistration.k8s.io apps events.k8s.io authentication.k8s.io authorization.k8s.io autoscaling batch certificates.k8s.io networking.k8s.io policy rbac.authorization.k8s.io storage.k8s.io admissionregistration.k8s.io apiextensions.k8s.io scheduling.k8s.io coordination.k8s.io node.k8s.io discovery.k8s.io resource.k8s.io flowcontrol.apiserver.k8s.io'.split(
    ' ',
  );
const aggregated = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };

/** Subresources that nothing here needs: docs/sandbox.md names them. */
const unserved =
  'nodes/proxy services/proxy pods/ephemeralcontainers pods/resize certificatesigningrequests/approval'.split(' ');

interface Named {
  readonly name?: string;
  readonly metadata?: { readonly name?: string };
}

/** Groups of Kubernetes' own: other scripts bring theirs, on each side at another moment. */
const allGroups = (name: string, headers: Readonly<Record<string, string>>): Call => ({
  name,
  async run(world) {
    const { status, body } = await world.ask('GET', '/apis', undefined, headers);
    const list = body as { readonly groups?: readonly Named[]; readonly items?: readonly Named[] };
    const own = ({ name: short, metadata }: Named): boolean => groups.includes(short ?? metadata?.name ?? '');
    const served = (list.items ?? list.groups ?? []).filter(own);
    return { status, ...list, items: withoutUnserved(served), groups: undefined };
  },
});

const resources = (path: string): Call => ({
  name: path,
  async run(world) {
    const answer = await world.ask('GET', path);
    const list = answer.body as { readonly resources: readonly Named[] };
    return {
      ...answer,
      body: { ...list, resources: list.resources.filter(({ name = '' }) => !unserved.includes(name)) },
    };
  },
});

interface Aggregated {
  readonly resource: string;
  readonly subresources?: readonly { readonly subresource: string }[];
}

const withoutUnserved = (found: readonly Named[]): readonly unknown[] =>
  found.map((group) => {
    const { versions } = group as { readonly versions?: readonly { readonly resources?: readonly Aggregated[] }[] };
    return {
      ...group,
      versions: versions?.map((version) => ({
        ...version,
        ...(version.resources === undefined ? {} : { resources: version.resources.map(servedOf) }),
      })),
    };
  });

const servedOf = (resource: Aggregated): Aggregated => ({
  ...resource,
  subresources:
    resource.subresources?.filter((sub) => !unserved.includes(`${resource.resource}/${sub.subresource}`)) ?? [],
});

/** What clients learn of the kinds that Kubernetes itself serves, asked in both ways. */
export const script: Script = {
  name: 'groups',
  calls: [
    allGroups('/apis', {}),
    allGroups('/apis, aggregated', aggregated),
    ...groups.map((group) => resources(`/apis/${group}/v1`)),
    resources('/apis/autoscaling/v2'),
    resources('/api/v1'),
    {
      name: '/api, aggregated',
      async run(world) {
        const { body } = await world.ask('GET', '/api', undefined, aggregated);
        return withoutUnserved((body as { readonly items: readonly Named[] }).items);
      },
    },
  ],
};
