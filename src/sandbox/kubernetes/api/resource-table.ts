import type { ServedResource } from '../objects.ts';

/** A resource as discovery lists it. */
export interface ApiResource extends ServedResource {
  readonly categories: readonly string[];
  /** Where `/scale` reads and writes the replica count; undefined without that subresource. */
  readonly scale:
    | { readonly specReplicas: string; readonly statusReplicas: string; readonly selector: string | undefined }
    | undefined;
  /** Further subresources by name, with the kind of their bodies. */
  readonly actions: readonly string[];
  readonly custom: boolean;
}

/**
 * group/version, plural, Kind, short names, then marks: N namespaced, S status, A in category all, R replicas can be scaled.
 */
const table = `
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
admissionregistration.k8s.io/v1 mutatingwebhookconfigurations MutatingWebhookConfiguration - -
admissionregistration.k8s.io/v1 validatingwebhookconfigurations ValidatingWebhookConfiguration - -
admissionregistration.k8s.io/v1 validatingadmissionpolicies ValidatingAdmissionPolicy - S
admissionregistration.k8s.io/v1 validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding - -
apiextensions.k8s.io/v1 customresourcedefinitions CustomResourceDefinition crd,crds S
apiregistration.k8s.io/v1 apiservices APIService - S
apps/v1 controllerrevisions ControllerRevision - N
apps/v1 daemonsets DaemonSet ds NSA
apps/v1 deployments Deployment deploy NSAR
apps/v1 replicasets ReplicaSet rs NSAR
apps/v1 statefulsets StatefulSet sts NSAR
autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler hpa NSA
batch/v1 cronjobs CronJob cj NSA
batch/v1 jobs Job - NSA
certificates.k8s.io/v1 certificatesigningrequests CertificateSigningRequest csr S
coordination.k8s.io/v1 leases Lease - N
discovery.k8s.io/v1 endpointslices EndpointSlice - N
networking.k8s.io/v1 ingressclasses IngressClass - -
networking.k8s.io/v1 ingresses Ingress ing NS
networking.k8s.io/v1 networkpolicies NetworkPolicy netpol N
node.k8s.io/v1 runtimeclasses RuntimeClass - -
policy/v1 poddisruptionbudgets PodDisruptionBudget pdb NS
rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding - -
rbac.authorization.k8s.io/v1 clusterroles ClusterRole - -
rbac.authorization.k8s.io/v1 rolebindings RoleBinding - N
rbac.authorization.k8s.io/v1 roles Role - N
scheduling.k8s.io/v1 priorityclasses PriorityClass pc -
storage.k8s.io/v1 csidrivers CSIDriver - -
storage.k8s.io/v1 csinodes CSINode - -
storage.k8s.io/v1 csistoragecapacities CSIStorageCapacity - N
storage.k8s.io/v1 storageclasses StorageClass sc -
storage.k8s.io/v1 volumeattachments VolumeAttachment - S
`;

const actions: Readonly<Record<string, readonly string[]>> = {
  pods: ['log', 'exec', 'eviction'],
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
    categories: marks.includes('A') ? ['all'] : [],
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
  const found = builtinResources.find((resource) => resource.plural === plural);
  if (found === undefined) throw new Error(`no built-in resource ${plural}`);
  return found;
};
