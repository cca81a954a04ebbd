/**
 * Tables that a workspace with Container Insights and Sentinel knows, with their columns (`name:type`) as Azure Monitor's reference lists them.
 */
const columns: Readonly<Record<string, string>> = {
  AKSAudit:
    'Annotations:dynamic AuditId:string Level:string ObjectRef:dynamic PodName:string RequestObject:dynamic RequestReceivedTime:datetime RequestUri:string ResponseObject:dynamic ResponseStatus:dynamic SourceIps:dynamic SourceSystem:string Stage:string StageReceivedTime:datetime TenantId:string TimeGenerated:datetime Type:string User:dynamic UserAgent:string Verb:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  AKSAuditAdmin:
    'Annotations:dynamic AuditId:string Level:string ObjectRef:dynamic PodName:string RequestObject:dynamic RequestReceivedTime:datetime RequestUri:string ResponseObject:dynamic ResponseStatus:dynamic SourceIps:dynamic SourceSystem:string Stage:string StageReceivedTime:datetime TenantId:string TimeGenerated:datetime Type:string User:dynamic UserAgent:string Verb:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  AKSControlPlane:
    'Category:string Level:string Message:string PodName:string SourceSystem:string Stream:string TenantId:string TimeGenerated:datetime Type:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  AzureActivity:
    'ActivityStatus:string ActivityStatusValue:string ActivitySubstatus:string ActivitySubstatusValue:string Authorization:string Authorization_d:dynamic Caller:string CallerIpAddress:string Category:string CategoryValue:string Claims:string Claims_d:dynamic CorrelationId:string EventDataId:string EventSubmissionTimestamp:datetime HTTPRequest:string Hierarchy:string Level:string OperationId:string OperationName:string OperationNameValue:string Properties:string Properties_d:dynamic Resource:string ResourceGroup:string ResourceId:string ResourceProvider:string ResourceProviderValue:string SourceSystem:string SubscriptionId:string TenantId:string TimeGenerated:datetime Type:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  AzureDiagnostics:
    'ActivityId:string ActorCUID:string ActorClientId:string ActorDisplayName:string ActorUPN:string ActorUserId:string Area:string AuthenticationMechanism:string Category:string CategoryDisplayName:string CorrelationId:string Data:dynamic Details:string Id:string IpAddress:string OperationName:string ProjectId:string ProjectName:string Resource:string ResourceGroup:string ResourceId:string ResourceProvider:string ResourceType:string ScopeDisplayName:string ScopeId:string ScopeType:string SourceSystem:string SubscriptionId:string TenantId:string TimeGenerated:datetime Type:string UserAgent:string _BilledSize:real _IsBillable:string _ResourceId:string containerID_s:string log_s:string pod_s:string stream_s:string',
  ContainerInventory:
    'Command:string ComposeGroup:string Computer:string ContainerHostname:string ContainerID:string ContainerState:string CreatedTime:datetime EnvironmentVar:string ExitCode:int FinishedTime:datetime Image:string ImageID:string ImageTag:string Links:string Name:string Ports:string Repository:string SourceSystem:string StartedTime:datetime TenantId:string TimeGenerated:datetime Type:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  ContainerLogV2:
    'Computer:string ContainerId:string ContainerName:string KubernetesMetadata:dynamic LogLevel:string LogMessage:dynamic LogSource:string PodName:string PodNamespace:string SourceSystem:string TenantId:string TimeGenerated:datetime Type:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  Heartbeat:
    'Category:string Computer:string ComputerEnvironment:string ComputerIP:string ComputerPrivateIPs:dynamic IsGatewayInstalled:bool ManagementGroupName:string OSMajorVersion:string OSMinorVersion:string OSName:string OSType:string RemoteIPCountry:string RemoteIPLatitude:real RemoteIPLongitude:real Resource:string ResourceGroup:string ResourceId:string ResourceProvider:string ResourceType:string SCAgentChannel:string Solutions:string SourceSystem:string SubscriptionId:string TenantId:string TimeGenerated:datetime Type:string VMUUID:string Version:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  InsightsMetrics:
    'AgentId:string Computer:string Name:string Namespace:string Origin:string SourceSystem:string Tags:string TenantId:string TimeGenerated:datetime Type:string Val:real Value:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  KubeEvents:
    'ClusterId:string ClusterName:string Computer:string Count:real FirstSeen:datetime KubeEventType:string LastSeen:datetime Message:string Name:string Namespace:string ObjectKind:string Reason:string SourceComponent:string SourceSystem:string TenantId:string TimeGenerated:datetime Type:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  KubeMonAgentEvents:
    'Category:string ClusterId:string ClusterName:string Computer:string Level:string Message:string SourceSystem:string Tags:string TenantId:string TimeGenerated:datetime Type:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  KubeNodeInventory:
    'ClusterId:string ClusterName:string Computer:string CreationTimeStamp:datetime DockerVersion:string KubeProxyVersion:string KubeletVersion:string KubernetesProviderID:string Labels:string LastTransitionTimeReady:datetime OperatingSystem:string SourceSystem:string Status:string TenantId:string TimeGenerated:datetime Type:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  KubePodInventory:
    'ClusterId:string ClusterName:string Computer:string ContainerCreationTimeStamp:datetime ContainerID:string ContainerLastStatus:string ContainerName:string ContainerRestartCount:int ContainerStartTime:datetime ContainerStatus:string ContainerStatusReason:string ControllerKind:string ControllerName:string InstanceName:string Name:string Namespace:string PodCreationTimeStamp:datetime PodIp:string PodLabel:string PodRestartCount:int PodStartTime:datetime PodStatus:string PodUid:string ServiceName:string SourceSystem:string TenantId:string TimeGenerated:datetime Type:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  KubeServices:
    'ClusterId:string ClusterIp:string ClusterName:string Namespace:string SelectorLabels:string ServiceName:string ServiceType:string SourceSystem:string TenantId:string TimeGenerated:datetime Type:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  LAQueryLogs:
    'AADClientId:string AADEmail:string AADObjectId:string AADTenantId:string CorrelationId:string IsBillableQuery:bool IsWorkspaceInFailover:bool QueryText:string QueryTimeRangeEnd:datetime QueryTimeRangeStart:datetime RequestClientApp:string RequestContext:dynamic RequestContextFilters:dynamic RequestTarget:string ResponseCode:int ResponseDurationMs:real ResponseRowCount:int ScannedGB:real SourceSystem:string StatsCPUTimeMs:real StatsDataProcessedEnd:datetime StatsDataProcessedStart:datetime StatsRegionCount:int StatsWorkspaceCount:int TenantId:string TimeGenerated:datetime Type:string WorkspaceRegion:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  Operation:
    'Computer:string CorrelationId:string Detail:string ErrorId:string HelpLink:string ManagementGroupName:string OperationCategory:string OperationKey:string OperationStatus:string Solution:string SourceComputerId:string SourceSystem:string TenantId:string TimeGenerated:datetime Type:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  Perf: 'BucketEndTime:datetime BucketStartTime:datetime Computer:string CounterName:string CounterPath:string CounterValue:real InstanceName:string Max:real Min:real ObjectName:string SampleCount:int SourceSystem:string StandardDeviation:real TenantId:string TimeGenerated:datetime Type:string _BilledSize:real _IsBillable:string _ResourceId:string _SubscriptionId:string',
  SecurityAlert:
    'AlertLink:string AlertName:string AlertSeverity:string AlertType:string CompromisedEntity:string ConfidenceLevel:string ConfidenceScore:real Description:string DisplayName:string EndTime:datetime Entities:string ExtendedLinks:string ExtendedProperties:string IsIncident:bool ProcessingEndTime:datetime ProductComponentName:string ProductName:string ProviderName:string RemediationSteps:string ResourceId:string SourceComputerId:string StartTime:datetime Status:string SubTechniques:string SystemAlertId:string Tactics:string Techniques:string TenantId:string TimeGenerated:datetime Type:string VendorName:string VendorOriginalId:string WorkspaceResourceGroup:string WorkspaceSubscriptionId:string _BilledSize:real _IsBillable:string _ResourceId:string',
  SecurityIncident:
    'AdditionalData:dynamic AlertIds:dynamic BookmarkIds:dynamic Classification:string ClassificationComment:string ClassificationReason:string ClosedTime:datetime Comments:dynamic CreatedTime:datetime Description:string FirstActivityTime:datetime FirstModifiedTime:datetime IncidentName:string IncidentNumber:int IncidentUrl:string Labels:dynamic LastActivityTime:datetime LastModifiedTime:datetime ModifiedBy:string Owner:dynamic ProviderIncidentId:string ProviderName:string RelatedAnalyticRuleIds:dynamic Severity:string SourceSystem:string Status:string Tasks:dynamic TenantId:string TimeGenerated:datetime Title:string Type:string _BilledSize:real _IsBillable:string _ResourceId:string',
  SentinelHealth:
    'Description:string ExtendedProperties:dynamic OperationName:string Reason:string RecordId:string SentinelResourceId:string SentinelResourceKind:string SentinelResourceName:string SentinelResourceType:string SourceSystem:string Status:string TenantId:string TimeGenerated:datetime Type:string WorkspaceId:string _BilledSize:real _IsBillable:string _ResourceId:string',
  ThreatIntelligenceIndicator:
    'Action:string Active:bool ActivityGroupNames:string AdditionalInformation:string ConfidenceScore:real Description:string DiamondModel:string DomainName:string EmailEncoding:string EmailLanguage:string EmailRecipient:string EmailSenderAddress:string EmailSenderName:string EmailSourceDomain:string EmailSourceIpAddress:string EmailSubject:string EmailXMailer:string ExpirationDateTime:datetime ExternalIndicatorId:string FileCompileDateTime:datetime FileCreatedDateTime:datetime FileHashType:string FileHashValue:string FileMutexName:string FileName:string FilePacker:string FilePath:string FileSize:int FileType:string IndicatorId:string IndicatorProvider:string KillChainActions:bool KillChainC2:bool KillChainDelivery:bool KillChainExploitation:bool KillChainReconnaissance:bool KillChainWeaponization:bool KnownFalsePositives:string MalwareNames:string NetworkCidrBlock:string NetworkDestinationAsn:int NetworkDestinationCidrBlock:string NetworkDestinationIP:string NetworkDestinationPort:int NetworkIP:string NetworkPort:int NetworkProtocol:int NetworkSourceAsn:int NetworkSourceCidrBlock:string NetworkSourceIP:string NetworkSourcePort:int PassiveOnly:bool SourceSystem:string Tags:string TenantId:string ThreatSeverity:int ThreatType:string TimeGenerated:datetime TrafficLightProtocolLevel:string Type:string Url:string UserAgent:string _BilledSize:real _IsBillable:string _ResourceId:string',
  Usage:
    'AvgLatencyInSeconds:real BatchesCapped:long BatchesOutsideSla:long BatchesWithinSla:long Computer:string DataType:string EndTime:datetime IsBillable:bool LinkedMeterId:string LinkedResourceUri:string MeterId:string Quantity:real QuantityUnit:string ResourceUri:string Solution:string SourceSystem:string StartTime:datetime TenantId:string TimeGenerated:datetime TotalBatches:long Type:string _BilledSize:real _IsBillable:string _ResourceId:string',
  Watchlist:
    'AzureTenantId:string CorrelationId:string CreatedBy:dynamic CreatedTimeUTC:datetime DefaultDuration:string EntityMapping:dynamic LastUpdatedTimeUTC:datetime Notes:string Provider:string SearchKey:string Source:string SourceSystem:string Tags:string TenantId:string TimeGenerated:datetime TimeToLive:datetime Type:string UpdatedBy:dynamic WatchlistAlias:string WatchlistCategory:string WatchlistId:string WatchlistItem:dynamic WatchlistItemId:string WatchlistName:string _BilledSize:real _DTItemId:string _DTItemStatus:string _DTItemType:string _DTTimestamp:datetime _IsBillable:string _ResourceId:string',
};

export interface Column {
  readonly name: string;
  readonly type: string;
}

export const tableNames: ReadonlySet<string> = new Set(Object.keys(columns));

/** Columns of a table in the order of the reference; undefined for a table that Azure Monitor does not have. */
export const columnsOf = (table: string): readonly Column[] | undefined =>
  columns[table]?.split(' ').map((entry) => {
    const [name = '', type = 'string'] = entry.split(':');
    return { name, type };
  });

/** Tables that only resolve in a query once they have been configured or have received a row. */
export const latentTables: ReadonlySet<string> = new Set([
  'ContainerLogV2',
  'AKSAudit',
  'AKSAuditAdmin',
  'AKSControlPlane',
]);
