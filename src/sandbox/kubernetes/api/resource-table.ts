import type { ServedResource } from '../objects.ts';

/** A resource as discovery lists it. */
export interface ApiResource extends ServedResource {
  readonly categories: readonly string[];
  /** Where `/scale` reads and writes the replica count; undefined without that subresource. */
  readonly scale:
    | { readonly specReplicas: string; readonly statusReplicas: string; readonly selector: string | undefined }
    | undefined;
  readonly verbs: readonly string[];
  /** Further subresources by name, with the kind of their bodies. */
  readonly actions: readonly string[];
  readonly custom: boolean;
}

/**
 * group/version, plural, Kind, short names, then marks: N namespaced, S status, A in category all, X in category api-extensions, R replicas can be scaled.
 */
const table = `
v1 bindings Binding - N
v1 componentstatuses ComponentStatus cs -
v1 configmaps ConfigMap cm N
v1 endpoints Endpoints ep N
v1 events Event ev N
v1 limitranges LimitRange limits N
v1 namespaces Namespace ns S
v1 nodes Node no S
v1 persistentvolumeclaims PersistentVolumeClaim pvc NS
v1 persistentvolumes PersistentVolume pv S
v1 pods Pod po NSA
v1 podtemplates PodTemplate - N
v1 replicationcontrollers ReplicationController rc NSAR
v1 resourcequotas ResourceQuota quota NS
v1 secrets Secret - N
v1 serviceaccounts ServiceAccount sa N
v1 services Service svc NSA
admissionregistration.k8s.io/v1 mutatingwebhookconfigurations MutatingWebhookConfiguration - X
admissionregistration.k8s.io/v1 validatingadmissionpolicies ValidatingAdmissionPolicy - SX
admissionregistration.k8s.io/v1 validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding - X
admissionregistration.k8s.io/v1 validatingwebhookconfigurations ValidatingWebhookConfiguration - X
apiextensions.k8s.io/v1 customresourcedefinitions CustomResourceDefinition crd,crds SX
apiregistration.k8s.io/v1 apiservices APIService - SX
apps/v1 controllerrevisions ControllerRevision - N
apps/v1 daemonsets DaemonSet ds NSA
apps/v1 deployments Deployment deploy NSAR
apps/v1 replicasets ReplicaSet rs NSAR
apps/v1 statefulsets StatefulSet sts NSAR
autoscaling/v1 horizontalpodautoscalers HorizontalPodAutoscaler hpa NSA
autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler hpa NSA
batch/v1 cronjobs CronJob cj NSA
batch/v1 jobs Job - NSA
certificates.k8s.io/v1 certificatesigningrequests CertificateSigningRequest csr S
coordination.k8s.io/v1 leases Lease - N
discovery.k8s.io/v1 endpointslices EndpointSlice - N
events.k8s.io/v1 events Event ev N
flowcontrol.apiserver.k8s.io/v1 flowschemas FlowSchema - S
flowcontrol.apiserver.k8s.io/v1 prioritylevelconfigurations PriorityLevelConfiguration - S
networking.k8s.io/v1 ingressclasses IngressClass - -
networking.k8s.io/v1 ingresses Ingress ing NS
networking.k8s.io/v1 ipaddresses IPAddress ip -
networking.k8s.io/v1 networkpolicies NetworkPolicy netpol N
networking.k8s.io/v1 servicecidrs ServiceCIDR - S
node.k8s.io/v1 runtimeclasses RuntimeClass - -
policy/v1 poddisruptionbudgets PodDisruptionBudget pdb NS
rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding - -
rbac.authorization.k8s.io/v1 clusterroles ClusterRole - -
rbac.authorization.k8s.io/v1 rolebindings RoleBinding - N
rbac.authorization.k8s.io/v1 roles Role - N
resource.k8s.io/v1 deviceclasses DeviceClass - -
resource.k8s.io/v1 resourceclaims ResourceClaim - NS
resource.k8s.io/v1 resourceclaimtemplates ResourceClaimTemplate - N
resource.k8s.io/v1 resourceslices ResourceSlice - -
scheduling.k8s.io/v1 priorityclasses PriorityClass pc -
storage.k8s.io/v1 csidrivers CSIDriver - -
storage.k8s.io/v1 csinodes CSINode - -
storage.k8s.io/v1 csistoragecapacities CSIStorageCapacity - N
storage.k8s.io/v1 storageclasses StorageClass sc -
storage.k8s.io/v1 volumeattachments VolumeAttachment - S
storage.k8s.io/v1 volumeattributesclasses VolumeAttributesClass vac -
`;

/** What can be done with most resources, in discovery's order. */
export const everyVerb = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const;

const verbs: Readonly<Record<string, readonly string[]>> = {
  bindings: ['create'],
  componentstatuses: ['get', 'list'],
  namespaces: everyVerb.filter((verb) => verb !== 'deletecollection'),
};

const verbOf: Readonly<Record<string, string>> = {
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const collectionVerbOf: Readonly<Record<string, string>> = { GET: 'list', POST: 'create', DELETE: 'deletecollection' };

/** Whether a method means something for a resource, or, without a name, for its collection. */
export const allows = ({ verbs: known }: ApiResource, method: string, isCollection: boolean): boolean =>
  known.includes((isCollection ? collectionVerbOf : verbOf)[method] ?? '');

const actions: Readonly<Record<string, readonly string[]>> = {
  pods: ['attach', 'binding', 'eviction', 'exec', 'log', 'portforward', 'proxy'],
  serviceaccounts: ['token'],
  namespaces: ['finalize'],
};

const row = (line: string): ApiResource => {
  const [groupVersion = '', plural = '', kind = '', short = '', marks = ''] = line.split(' ');
  const slash = groupVersion.indexOf('/');
  return {
    group: slash === -1 ? '' : groupVersion.slice(0, slash),
    version: groupVersion.slice(slash + 1),
    plural,
    kind,
    singular: kind.toLowerCase(),
    shortNames: short === '-' ? [] : short.split(','),
    namespaced: marks.includes('N'),
    statusSubresource: marks.includes('S'),
    categories: marks.includes('A') ? ['all'] : marks.includes('X') ? ['api-extensions'] : [],
    verbs: verbs[plural] ?? everyVerb,
    scale: marks.includes('R')
      ? { specReplicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: undefined }
      : undefined,
    actions: actions[plural] ?? [],
    custom: false,
  };
};

/** Every built-in resource that is stored. */
export const builtinResources: readonly ApiResource[] = table.trim().split('\n').map(row);

/** Resources one can only POST to: answered at once, never stored. */
export const reviewResources = [
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    plural: 'selfsubjectreviews',
    kind: 'SelfSubjectReview',
    namespaced: false,
  },
  { group: 'authentication.k8s.io', version: 'v1', plural: 'tokenreviews', kind: 'TokenReview', namespaced: false },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: 'localsubjectaccessreviews',
    kind: 'LocalSubjectAccessReview',
    namespaced: true,
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: 'selfsubjectaccessreviews',
    kind: 'SelfSubjectAccessReview',
    namespaced: false,
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: 'selfsubjectrulesreviews',
    kind: 'SelfSubjectRulesReview',
    namespaced: false,
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: 'subjectaccessreviews',
    kind: 'SubjectAccessReview',
    namespaced: false,
  },
] as const;

export type ReviewResource = (typeof reviewResources)[number];

/** Resource of a built-in plural, for code that works on the store in process. */
export const builtin = (plural: string): ApiResource => {
  const found = builtinResources.findLast(
    (resource) => resource.plural === plural && resource.group !== 'events.k8s.io',
  );
  if (found === undefined) throw new Error(`no built-in resource ${plural}`);
  return found;
};
