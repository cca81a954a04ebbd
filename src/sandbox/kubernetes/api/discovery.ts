import { createHash } from 'node:crypto';
import { groupVersion, type Catalog } from './catalog.ts';
import { reviewResources, type ApiResource } from './resource-table.ts';
import { keptAs } from './views.ts';
import { json, type ApiReply, type ApiRequest } from './request.ts';

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface Group {
  readonly name: string;
  /** Newest first; the first is preferred. */
  readonly versions: readonly string[];
}

/** Answers `/api`, `/apis`, `/apis/G`, `/api/v1` and `/apis/G/V`, aggregated where the client asks so; undefined for other paths. */
export const discovery = (catalog: Catalog, request: ApiRequest, address: string): ApiReply | undefined => {
  const [root, group, version, ...rest] = request.path.split('/').filter((part) => part !== '');
  if (rest.length > 0) return undefined;
  const wantsAll = request.accept.includes('as=APIGroupDiscoveryList') && request.accept.includes('v=v2');
  const groups = groupsOf(catalog);
  if (root === 'api' && group === undefined) {
    if (wantsAll)
      return {
        kind: 'json',
        code: 200,
        contentType: aggregated,
        body: aggregate(catalog, [{ name: '', versions: ['v1'] }]),
      };
    return json({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
    });
  }
  if (root === 'api' && version === undefined)
    return group === 'v1' ? json(resourceList(catalog, '', 'v1')) : undefined;
  if (root !== 'apis') return undefined;
  if (group === undefined) {
    if (wantsAll) return { kind: 'json', code: 200, contentType: aggregated, body: aggregate(catalog, groups) };
    return json({ kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupEntry) });
  }
  const known = groups.find(({ name }) => name === group);
  if (known === undefined) return undefined;
  if (version === undefined) return json({ kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(known) });
  return known.versions.includes(version) ? json(resourceList(catalog, group, version)) : undefined;
};

/** Every named group with its versions. */
const groupsOf = (catalog: Catalog): readonly Group[] => {
  const found = new Map<string, Set<string>>();
  for (const { group, version } of [...catalog.all(), ...reviewResources]) {
    if (group !== '') found.set(group, (found.get(group) ?? new Set()).add(version));
  }
  return [...found]
    .map(([name, versions]) => ({ name, versions: [...versions].sort(byMaturity) }))
    .toSorted((a, b) => placeOf(a.name) - placeOf(b.name));
};

/** Groups in the order of Kubernetes' own priorities, those of custom resources behind them. */
const order =
  'apiregistration.k8s.io apps events.k8s.io authentication.k8s.io authorization.k8s.io autoscaling batch certificates.k8s.io networking.k8s.io policy rbac.authorization.k8s.io storage.k8s.io admissionregistration.k8s.io apiextensions.k8s.io scheduling.k8s.io coordination.k8s.io node.k8s.io discovery.k8s.io resource.k8s.io flowcontrol.apiserver.k8s.io'.split(
    ' ',
  );
const placeOf = (group: string): number => (order.includes(group) ? order.indexOf(group) : order.length);

/** v2 before v1 before v1beta1 before v1alpha1, as Kubernetes orders versions. */
const byMaturity = (a: string, b: string): number => rank(b) - rank(a);
const rank = (version: string): number => {
  const [, major = '0', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  return (stage === undefined ? 2_000_000 : stage === 'beta' ? 1_000_000 : 0) + Number(major) * 1000 + Number(minor);
};

const groupEntry = ({ name, versions }: Group): object => ({
  name,
  versions: versions.map((version) => ({ groupVersion: `${name}/${version}`, version })),
  preferredVersion: { groupVersion: `${name}/${versions[0]}`, version: versions[0] },
});

const subresources = (
  resource: ApiResource,
): readonly {
  readonly name: string;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}[] =>
  [
    ...(resource.statusSubresource ? [{ name: 'status', kind: resource.kind, verbs: ['get', 'patch', 'update'] }] : []),
    ...(resource.scale === undefined
      ? []
      : [{ name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] }]),
    ...resource.actions.map((name) => ({
      name,
      ...actionKinds[name],
      kind: actionKinds[name]?.kind ?? resource.kind,
      verbs: actionKinds[name]?.verbs ?? ['get'],
    })),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1));

const actionKinds: Readonly<
  Record<
    string,
    { readonly kind: string; readonly group?: string; readonly version?: string; readonly verbs: readonly string[] }
  >
> = {
  attach: { kind: 'PodAttachOptions', verbs: ['create', 'get'] },
  binding: { kind: 'Binding', verbs: ['create'] },
  log: { kind: 'Pod', verbs: ['get'] },
  portforward: { kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
  proxy: { kind: 'PodProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  exec: { kind: 'PodExecOptions', verbs: ['create', 'get'] },
  eviction: { kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
  token: { kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
  finalize: { kind: 'Namespace', verbs: ['update'] },
};

/** Kinds that are still kept in an older version than the one that is served. */
const storedIn: Readonly<Record<string, string>> = {
  customresourcedefinitions: 'v1beta1',
  volumeattributesclasses: 'v1beta1',
};

/** Tells clients that migrate stored objects which version those are in. */
const storageHash = (resource: ApiResource): object => {
  if (resource.custom || !resource.verbs.includes('update')) return {};
  const { group, version, plural } = keptAs(resource);
  const digest = createHash('sha256')
    .update(`${group}/${storedIn[plural] ?? version}/${resource.kind}`)
    .digest();
  return { storageVersionHash: digest.subarray(0, 8).toString('base64') };
};

const resourceList = (catalog: Catalog, group: string, version: string): object => {
  const stored = catalog.all().filter((known) => known.group === group && known.version === version);
  const reviews = reviewResources.filter((known) => known.group === group && known.version === version);
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: [
      ...stored.flatMap((resource) => [
        {
          name: resource.plural,
          singularName: resource.singular,
          namespaced: resource.namespaced,
          kind: resource.kind,
          verbs: resource.verbs,
          ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
          ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
          ...storageHash(resource),
        },
        ...subresources(resource).map(({ name, ...sub }) => ({
          name: `${resource.plural}/${name}`,
          singularName: '',
          namespaced: resource.namespaced,
          ...sub,
        })),
      ]),
      ...reviews.map(({ plural, kind, namespaced }) => ({
        name: plural,
        singularName: kind.toLowerCase(),
        namespaced,
        kind,
        verbs: ['create'],
      })),
    ],
  };
};

const aggregate = (catalog: Catalog, groups: readonly Group[]): object => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: groups.map(({ name, versions }) => ({
    metadata: name === '' ? {} : { name },
    versions: versions.map((version) => ({
      version,
      freshness: 'Current',
      resources: aggregatedResources(catalog, name, version),
    })),
  })),
});

/** The group and version of the list itself go without saying, but for custom resources. */
const responseKind = (resource: ApiResource, kind: string, group?: string, version?: string): object => ({
  group: group ?? (resource.custom ? resource.group : ''),
  version: version ?? (resource.custom ? resource.version : ''),
  kind,
});

const aggregatedResources = (catalog: Catalog, group: string, version: string): readonly object[] => {
  const scope = (namespaced: boolean): string => (namespaced ? 'Namespaced' : 'Cluster');
  return [
    ...catalog
      .all()
      .filter((known) => known.group === group && known.version === version)
      .map((resource) => ({
        resource: resource.plural,
        responseKind: responseKind(resource, resource.kind),
        scope: scope(resource.namespaced),
        singularResource: resource.singular,
        verbs: resource.verbs,
        ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
        ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
        subresources: subresources(resource).map((sub) => ({
          subresource: sub.name,
          responseKind: responseKind(resource, sub.kind, sub.group, sub.version),
          verbs: sub.verbs,
        })),
      })),
    ...reviewResources
      .filter((known) => known.group === group && known.version === version)
      .map(({ plural, kind, namespaced }) => ({
        resource: plural,
        responseKind: { group: '', version: '', kind },
        scope: scope(namespaced),
        singularResource: kind.toLowerCase(),
        verbs: ['create'],
      })),
  ];
};

/** Path of a group version as OpenAPI's index names it: `api/v1`, `apis/apps/v1`. */
export const groupVersionPath = (resource: ApiResource): string =>
  resource.group === '' ? `api/${resource.version}` : `apis/${groupVersion(resource)}`;
