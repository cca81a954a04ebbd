/** How lists of the built-in kinds merge: `Type.field` to its keys; where strategic merge knows another key than server-side apply, it stands behind a `|`. */
export const listKeys: Readonly<Record<string, string>> = {
  'V1ObjectMeta.ownerReferences': 'uid',
  'V1ObjectMeta.finalizers': '=',
  'V1PodSpec.containers': 'name',
  'V1PodSpec.initContainers': 'name',
  'V1PodSpec.ephemeralContainers': 'name',
  'V1PodSpec.volumes': 'name',
  'V1PodSpec.imagePullSecrets': 'name',
  'V1PodSpec.hostAliases': 'ip',
  'V1PodSpec.topologySpreadConstraints': 'topologyKey,whenUnsatisfiable|topologyKey',
  'V1PodSpec.schedulingGates': 'name',
  'V1PodSpec.resourceClaims': 'name',
  'V1PodStatus.conditions': 'type',
  'V1PodStatus.podIPs': 'ip',
  'V1PodStatus.hostIPs': '|ip',
  'V1Container.env': 'name',
  'V1Container.ports': 'containerPort,protocol|containerPort',
  'V1Container.volumeMounts': 'mountPath',
  'V1Container.volumeDevices': 'devicePath',
  'V1EphemeralContainer.env': 'name',
  'V1EphemeralContainer.ports': 'containerPort,protocol|containerPort',
  'V1EphemeralContainer.volumeMounts': 'mountPath',
  'V1ResourceRequirements.claims': 'name|',
  'V1ServiceSpec.ports': 'port,protocol|port',
  'V1ServiceStatus.conditions': 'type',
  'V1ServiceAccount.secrets': 'name',
  'V1ServiceAccount.imagePullSecrets': '|',
  'V1NodeSpec.taints': '|key',
  'V1NodeSpec.podCIDRs': '=',
  'V1NodeStatus.addresses': 'type',
  'V1NodeStatus.conditions': 'type',
  'V1NamespaceStatus.conditions': 'type',
  'V1PersistentVolumeClaimStatus.conditions': 'type',
  'V1ReplicationControllerStatus.conditions': 'type',
  'V1DeploymentStatus.conditions': 'type',
  'V1DaemonSetStatus.conditions': 'type',
  'V1ReplicaSetStatus.conditions': 'type',
  'V1StatefulSetStatus.conditions': 'type',
  'V1JobStatus.conditions': '|type',
  'V1PodDisruptionBudgetStatus.conditions': 'type',
  'V1CustomResourceDefinitionStatus.conditions': 'type',
  'V1APIServiceStatus.conditions': 'type',
  'V1CSINodeSpec.drivers': 'name',
  'V2HorizontalPodAutoscalerStatus.conditions': 'type|',
  'V1MutatingWebhookConfiguration.webhooks': 'name',
  'V1ValidatingWebhookConfiguration.webhooks': 'name',
  'V1MutatingWebhook.matchConditions': 'name',
  'V1ValidatingWebhook.matchConditions': 'name',
  'V1JSONSchemaProps.x-kubernetes-validations': 'rule',
  'V1TopologySelectorTerm.matchLabelExpressions': '',
};

/** Structs that are owned and replaced whole. */
export const atomicStructs = new Set(
  'V1LabelSelector V1LabelSelectorRequirement V1ConfigMapKeySelector V1SecretKeySelector V1ObjectFieldSelector V1ResourceFieldSelector V1LocalObjectReference V1ObjectReference V1SecretReference V1NodeSelector V1NodeSelectorTerm V1RoleRef RbacV1Subject V1OwnerReference V1TypedLocalObjectReference V1CrossVersionObjectReference V1ServiceBackendPort V1ScopeSelector V1IngressClassParametersReference V1AggregationRule'.split(
    ' ',
  ),
);

/** Maps that are owned and replaced whole. */
export const atomicMaps = new Set([
  'V1PodSpec.nodeSelector',
  'V1ServiceSpec.selector',
  'V1ReplicationControllerSpec.selector',
  'V1ControllerRevision.data',
]);

/** Maps and strings that hold quantities: a bare number is as good there as a string. */
export const quantities = new Set(
  'V1ResourceRequirements.limits V1ResourceRequirements.requests V1VolumeResourceRequirements.limits V1VolumeResourceRequirements.requests V1ResourceQuotaSpec.hard V1ResourceQuotaStatus.hard V1ResourceQuotaStatus.used V1PersistentVolumeSpec.capacity V1PersistentVolumeClaimStatus.capacity V1NodeStatus.capacity V1NodeStatus.allocatable V1PodSpec.overhead V1LimitRangeItem.max V1LimitRangeItem.min V1LimitRangeItem.default V1LimitRangeItem.defaultRequest V1EmptyDirVolumeSource.sizeLimit V1ResourceFieldSelector.divisor V1ContainerStatus.allocatedResources V2MetricTarget.value V2MetricTarget.averageValue'.split(
    ' ',
  ),
);

/** Fields of Go type []byte: JSON carries them as base64. */
export const byteFields = new Set(['V1Secret.data', 'V1ConfigMap.binaryData']);
