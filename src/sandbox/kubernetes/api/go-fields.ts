/**
 * How Go writes down the fields of Kubernetes' types, as far as a schema does not tell: `?` is a pointer to a number, text or truth, so
 * that zero and nothing differ; `=` is written even where it is zero; `%` is a struct without a pointer, `#` a list and `@` a time
 * that are written even where they are empty. All other fields are left out where they are empty.
 */
const table = `
APIService %spec %status; APIServiceCondition =type =status @lastTransitionTime; APIServiceSpec =groupPriorityMinimum =versionPriority; AWSElasticBlockStoreVolumeSource =volumeID; AppArmorProfile =type ?localhostProfile
AttachedVolume =name =devicePath; AuditAnnotation =key =valueExpression; AzureDiskVolumeSource =diskName =diskURI ?cachingMode ?fsType ?readOnly ?kind; AzureFilePersistentVolumeSource =secretName =shareName ?secretNamespace
AzureFileVolumeSource =secretName =shareName; Binding %target; CSIDriver %spec
CSIDriverSpec ?attachRequired ?podInfoOnMount ?storageCapacity ?fsGroupPolicy ?requiresRepublish ?seLinuxMount ?nodeAllocatableUpdatePeriodSeconds ?serviceAccountTokenInSecrets; CSINode %spec
CSINodeDriver =name =nodeID #topologyKeys; CSINodeSpec #drivers; CSIPersistentVolumeSource =driver =volumeHandle; CSIStorageCapacity =storageClassName; CSIVolumeSource =driver ?readOnly ?fsType
CephFSPersistentVolumeSource #monitors; CephFSVolumeSource #monitors; CertificateSigningRequest %spec %status; CertificateSigningRequestCondition =type =status @lastUpdateTime @lastTransitionTime
CertificateSigningRequestSpec =signerName ?expirationSeconds; CinderPersistentVolumeSource =volumeID; CinderVolumeSource =volumeID; ClientIPConfig ?timeoutSeconds; ClusterRole #rules; ClusterRoleBinding %roleRef
ClusterTrustBundleProjection ?name ?signerName ?optional =path; Condition =type =status @lastTransitionTime =reason =message; ConfigMap ?immutable; ConfigMapEnvSource ?optional; ConfigMapKeySelector =key ?optional
ConfigMapNodeConfigSource =namespace =name =kubeletConfigKey; ConfigMapProjection ?optional; ConfigMapVolumeSource ?defaultMode ?optional; Container =name %resources ?restartPolicy
ContainerExtendedResourceRequest =containerName =resourceName =requestName; ContainerImage #names; ContainerPort =containerPort; ContainerResizePolicy =resourceName =restartPolicy
ContainerResourceMetricSource =name %target =container; ContainerResourceMetricStatus =name %current =container; ContainerStateRunning @startedAt; ContainerStateTerminated =exitCode @startedAt @finishedAt
ContainerStatus =name %state %lastState =ready =restartCount =image =imageID ?started ?stopSignal; ControllerRevision =revision; CronJob %spec %status
CronJobSpec =schedule ?timeZone ?startingDeadlineSeconds ?suspend %jobTemplate ?successfulJobsHistoryLimit ?failedJobsHistoryLimit; CrossVersionObjectReference =kind =name; CustomResourceColumnDefinition =name =type =jsonPath
CustomResourceConversion =strategy; CustomResourceDefinition %spec %status; CustomResourceDefinitionCondition =type =status @lastTransitionTime; CustomResourceDefinitionNames =plural =kind
CustomResourceDefinitionSpec =group %names =scope #versions; CustomResourceDefinitionStatus #conditions %acceptedNames #storedVersions; CustomResourceDefinitionVersion =name =served =storage ?deprecationWarning
CustomResourceSubresourceScale =specReplicasPath =statusReplicasPath ?labelSelectorPath; DaemonEndpoint =Port; DaemonSet %spec %status; DaemonSetCondition =type =status @lastTransitionTime
DaemonSetSpec %template %updateStrategy ?revisionHistoryLimit; DaemonSetStatus =currentNumberScheduled =numberMisscheduled =desiredNumberScheduled =numberReady ?collisionCount; Deployment %spec %status
DeploymentCondition =type =status @lastUpdateTime @lastTransitionTime; DeploymentSpec ?replicas %template %strategy ?revisionHistoryLimit ?progressDeadlineSeconds; DeploymentStatus ?terminatingReplicas ?collisionCount
DownwardAPIVolumeFile =path ?mode; DownwardAPIVolumeSource ?defaultMode; Endpoint #addresses %conditions ?hostname ?nodeName ?zone; EndpointAddress =ip ?nodeName; EndpointConditions ?ready ?serving ?terminating
EndpointPort ?name ?protocol ?port ?appProtocol; EndpointSlice =addressType #endpoints #ports; EnvVar =name; EphemeralContainer =name %resources ?restartPolicy; EphemeralContainerCommon =name %resources ?restartPolicy
Event %involvedObject %source @firstTimestamp @lastTimestamp @eventTime %regarding %deprecatedSource @deprecatedFirstTimestamp @deprecatedLastTimestamp =reportingComponent =reportingInstance; EventSeries @lastObservedTime; ExpressionWarning =fieldRef =warning; ExternalMetricSource %metric %target
ExternalMetricStatus %metric %current; FCVolumeSource ?lun; FieldSelectorRequirement =key =operator; FileKeySelector =volumeName =path =key ?optional; FlexPersistentVolumeSource =driver; FlexVolumeSource =driver; ForNode =name
ForZone =name; GCEPersistentDiskVolumeSource =pdName; GRPCAction =port ?service; GitRepoVolumeSource =repository; GlusterfsPersistentVolumeSource =endpoints =path ?endpointsNamespace; GlusterfsVolumeSource =endpoints =path
GroupKind =group =kind; GroupVersion =group =version; HPAScalingPolicy =type =value =periodSeconds; HPAScalingRules ?stabilizationWindowSeconds ?selectPolicy; HTTPHeader =name =value; HTTPIngressPath ?pathType %backend
HTTPIngressRuleValue #paths; HorizontalPodAutoscaler %spec %status; HorizontalPodAutoscalerCondition =type =status @lastTransitionTime; HorizontalPodAutoscalerSpec %scaleTargetRef ?minReplicas =maxReplicas
HorizontalPodAutoscalerStatus ?observedGeneration =desiredReplicas #currentMetrics; HostAlias =ip; HostIP =ip; HostPathVolumeSource =path ?type; IPAddress %spec; IPBlock =cidr
ISCSIPersistentVolumeSource =targetPortal =iqn =lun ?initiatorName; ISCSIVolumeSource =targetPortal =iqn =lun ?initiatorName; Ingress %spec %status; IngressClass %spec
IngressClassParametersReference ?apiGroup =kind =name ?scope ?namespace; IngressPortStatus =port =protocol ?error; IngressServiceBackend =name %port; IngressSpec ?ingressClassName; IngressStatus %loadBalancer
JSONSchemaProps ?$ref ?maximum ?minimum ?maxLength ?minLength ?maxItems ?minItems ?multipleOf ?maxProperties ?minProperties ?x-kubernetes-preserve-unknown-fields ?x-kubernetes-list-type ?x-kubernetes-map-type; Job %spec %status
JobCondition =type =status @lastProbeTime @lastTransitionTime
JobSpec ?parallelism ?completions ?activeDeadlineSeconds ?backoffLimit ?backoffLimitPerIndex ?maxFailedIndexes ?manualSelector %template ?ttlSecondsAfterFinished ?completionMode ?suspend ?podReplacementPolicy ?managedBy
JobStatus ?terminating ?failedIndexes ?ready; JobTemplateSpec %spec; KeyToPath =key =path ?mode; LabelSelectorRequirement =key =operator; Lease %spec
LeaseSpec ?holderIdentity ?leaseDurationSeconds ?leaseTransitions ?strategy ?preferredHolder; Lifecycle ?stopSignal; LimitRange %spec; LimitRangeItem =type; LimitRangeSpec #limits; LinuxContainerUser =uid =gid
LoadBalancerIngress ?ipMode; LocalVolumeSource =path ?fsType; MatchCondition =name =expression; MatchResources ?matchPolicy; MetricIdentifier =name; MetricSpec =type; MetricStatus =type; MetricTarget =type ?averageUtilization
MetricValueStatus ?averageUtilization; ModifyVolumeStatus =status; MutatingWebhook =name %clientConfig ?failurePolicy ?matchPolicy ?sideEffects ?timeoutSeconds #admissionReviewVersions ?reinvocationPolicy
NFSVolumeSource =server =path; NamedRuleWithOperations ?scope; Namespace %spec %status; NamespaceCondition =type =status @lastTransitionTime; NetworkPolicy %spec; NetworkPolicyPort ?protocol ?endPort; NetworkPolicySpec %podSelector
Node %spec %status; NodeAddress =type =address; NodeCondition =type =status @lastHeartbeatTime @lastTransitionTime; NodeDaemonEndpoints %kubeletEndpoint; NodeFeatures ?supplementalGroupsPolicy; NodeRuntimeHandler =name
NodeRuntimeHandlerFeatures ?recursiveReadOnlyMounts ?userNamespaces; NodeSelector #nodeSelectorTerms; NodeSelectorRequirement =key =operator; NodeStatus %daemonEndpoints %nodeInfo; NodeSwapStatus ?capacity
NodeSystemInfo =machineID =systemUUID =bootID =kernelVersion =osImage =containerRuntimeVersion =kubeletVersion =kubeProxyVersion =operatingSystem =architecture; ObjectFieldSelector =fieldPath
ObjectMetricSource %describedObject %target %metric; ObjectMetricStatus %metric %current %describedObject; OwnerReference =apiVersion =kind =name =uid ?controller ?blockOwnerDeletion; ParamRef ?parameterNotFoundAction
PersistentVolume %spec %status; PersistentVolumeClaim %spec %status; PersistentVolumeClaimCondition =type =status @lastProbeTime @lastTransitionTime
PersistentVolumeClaimSpec %resources ?storageClassName ?volumeMode ?volumeAttributesClassName; PersistentVolumeClaimStatus ?currentVolumeAttributesClassName; PersistentVolumeClaimTemplate %spec
PersistentVolumeClaimVolumeSource =claimName; PersistentVolumeSpec ?volumeMode ?volumeAttributesClassName; PhotonPersistentDiskVolumeSource =pdID; Pod %spec %status; PodAffinityTerm =topologyKey
PodCertificateProjection ?maxExpirationSeconds; PodCondition =type =status @lastProbeTime @lastTransitionTime; PodDNSConfigOption ?value; PodDisruptionBudget %spec %status; PodDisruptionBudgetSpec ?unhealthyPodEvictionPolicy
PodDisruptionBudgetStatus =disruptionsAllowed =currentHealthy =desiredHealthy =expectedPods; PodExtendedResourceClaimStatus #requestMappings =resourceClaimName; PodFailurePolicy #rules
PodFailurePolicyOnExitCodesRequirement ?containerName =operator #values; PodFailurePolicyOnPodConditionsPattern =type =status; PodFailurePolicyRule =action; PodIP =ip; PodOS =name; PodReadinessGate =conditionType
PodResourceClaim =name ?resourceClaimName ?resourceClaimTemplateName; PodResourceClaimStatus =name ?resourceClaimName; PodSchedulingGate =name
PodSecurityContext ?runAsUser ?runAsGroup ?runAsNonRoot ?supplementalGroupsPolicy ?fsGroup ?fsGroupChangePolicy ?seLinuxChangePolicy
PodSpec #containers ?terminationGracePeriodSeconds ?activeDeadlineSeconds ?automountServiceAccountToken ?shareProcessNamespace ?priority ?runtimeClassName ?enableServiceLinks ?preemptionPolicy ?setHostnameAsFQDN ?hostUsers ?hostnameOverride
PodStatusResult %status; PodTemplate %template; PodTemplateSpec %spec; PodsMetricSource %metric %target; PodsMetricStatus %metric %current; PolicyRule #verbs; PortStatus =port =protocol ?error; PortworxVolumeSource =volumeID
Preconditions ?uid; PreferAvoidPodsEntry %podSignature @evictionTime; PreferredSchedulingTerm =weight %preference; PriorityClass =value; Probe ?terminationGracePeriodSeconds; ProjectedVolumeSource #sources ?defaultMode
QuobyteVolumeSource =registry =volume; RBDPersistentVolumeSource #monitors =image; RBDVolumeSource #monitors =image; ReplicaSet %spec %status; ReplicaSetCondition =type =status @lastTransitionTime; ReplicaSetSpec ?replicas %template
ReplicaSetStatus =replicas ?terminatingReplicas; ReplicationController %spec %status; ReplicationControllerCondition =type =status @lastTransitionTime; ReplicationControllerSpec ?replicas; ReplicationControllerStatus =replicas
ResourceClaim =name; ResourceFieldSelector =resource; ResourceHealth =resourceID; ResourceMetricSource =name %target; ResourceMetricStatus =name %current; ResourceQuota %spec %status; ResourceStatus =name; Role #rules
RoleBinding %roleRef; RoleRef =apiGroup =kind =name; RollingUpdateStatefulSetStrategy ?partition; Rule ?scope; RuleWithOperations ?scope; RuntimeClass =handler; ScaleIOPersistentVolumeSource =gateway =system
ScaleIOVolumeSource =gateway =system; ScopedResourceSelectorRequirement =scopeName =operator; SeccompProfile =type ?localhostProfile; Secret ?immutable; SecretEnvSource ?optional; SecretKeySelector =key ?optional
SecretProjection ?optional; SecretVolumeSource ?defaultMode ?optional; SecurityContext ?privileged ?runAsUser ?runAsGroup ?runAsNonRoot ?readOnlyRootFilesystem ?allowPrivilegeEscalation ?procMount; SelectableField =jsonPath
SelfSubjectReviewStatus %userInfo; Service %spec %status; ServiceAccount ?automountServiceAccountToken; ServiceAccountTokenProjection ?expirationSeconds =path; ServiceCIDR %spec %status; ServicePort ?appProtocol =port
SelfSubjectAccessReview %spec %status; SubjectAccessReview %spec %status; LocalSubjectAccessReview %spec %status; SelfSubjectRulesReview %spec %status
TokenReview %spec %status; SelfSubjectReview %status; ObjectMeta ?deletionGracePeriodSeconds; ServiceReference =namespace =name ?path ?port; ServiceSpec ?ipFamilyPolicy ?allocateLoadBalancerNodePorts ?loadBalancerClass ?internalTrafficPolicy ?trafficDistribution; ServiceStatus %loadBalancer; SleepAction =seconds
StatefulSet %spec %status; StatefulSetCondition =type =status @lastTransitionTime; StatefulSetOrdinals =start; StatefulSetSpec ?replicas %template =serviceName %updateStrategy ?revisionHistoryLimit
StatefulSetStatus =replicas ?collisionCount =availableReplicas; StorageClass =provisioner ?reclaimPolicy ?allowVolumeExpansion ?volumeBindingMode; Subject =kind =name; SubjectAccessReviewStatus =allowed
SubjectRulesReviewStatus #resourceRules #nonResourceRules =incomplete; SuccessPolicy #rules; SuccessPolicyRule ?succeededIndexes ?succeededCount; Sysctl =name =value; Taint =key =effect; Timestamp =seconds =nanos
TokenRequest %spec %status; TokenReviewStatus %user; Toleration ?tolerationSeconds; TopologySelectorLabelRequirement =key #values
TopologySpreadConstraint =maxSkew =topologyKey =whenUnsatisfiable ?minDomains ?nodeAffinityPolicy ?nodeTaintsPolicy; TypedLocalObjectReference ?apiGroup =kind =name; TypedObjectReference ?apiGroup =kind =name ?namespace
ValidatingAdmissionPolicy %spec %status; ValidatingAdmissionPolicyBinding %spec; ValidatingAdmissionPolicySpec ?failurePolicy
ValidatingWebhook =name %clientConfig ?failurePolicy ?matchPolicy ?sideEffects ?timeoutSeconds #admissionReviewVersions; Validation =expression ?reason; ValidationRule =rule ?reason ?optionalOldSelf; Variable =name =expression
Volume =name; VolumeAttachment %spec %status; VolumeAttachmentSource ?persistentVolumeName; VolumeAttachmentSpec =attacher %source =nodeName; VolumeAttachmentStatus =attached; VolumeAttributesClass =driverName
VolumeDevice =name =devicePath; VolumeError @time ?errorCode; VolumeMount =name ?recursiveReadOnly =mountPath ?mountPropagation; VolumeMountStatus =name =mountPath ?recursiveReadOnly; VolumeNodeResources ?count
VsphereVirtualDiskVolumeSource =volumePath; WebhookClientConfig ?url; WebhookConversion #conversionReviewVersions; WeightedPodAffinityTerm =weight %podAffinityTerm; WorkloadReference =name =podGroup
`;

export type Writing = 'pointer' | 'always' | 'struct' | 'list' | 'time';

const marks: Readonly<Record<string, Writing>> = {
  '?': 'pointer',
  '=': 'always',
  '%': 'struct',
  '#': 'list',
  '@': 'time',
};

const types: ReadonlyMap<string, ReadonlyMap<string, Writing>> = new Map(
  table
    .trim()
    .split(/;\s|\n/)
    .map((line) => {
      const [type = '', ...fields] = line.split(' ');
      return [
        type,
        new Map(fields.map((field): [string, Writing] => [field.slice(1), marks[field.charAt(0)] ?? 'pointer'])),
      ];
    }),
);

const none: ReadonlyMap<string, Writing> = new Map();

/** Fields of a type that are not simply left out where they are empty; `type` as in Struct.name. */
export const goFields = (type: string): ReadonlyMap<string, Writing> => types.get(type) ?? none;
