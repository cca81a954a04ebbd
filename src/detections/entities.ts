/**
 * Entities that a rule can map in ARM, with the identifiers that Sentinel accepts for each
 * (learn.microsoft.com, Microsoft Sentinel entity types reference). There is none for Kubernetes: pods are custom details.
 */
export const entityIdentifiers = {
  Account: [
    'Name',
    'FullName',
    'NTDomain',
    'DnsDomain',
    'UPNSuffix',
    'Sid',
    'AadTenantId',
    'AadUserId',
    'PUID',
    'IsDomainJoined',
    'DisplayName',
    'ObjectGuid',
  ],
  AzureResource: ['ResourceId'],
  CloudApplication: ['AppId', 'Name', 'InstanceName'],
  DNS: ['DomainName'],
  File: ['Directory', 'Name'],
  FileHash: ['Algorithm', 'Value'],
  Host: [
    'DnsDomain',
    'NTDomain',
    'HostName',
    'FullName',
    'NetBiosName',
    'AzureID',
    'OMSAgentID',
    'OSFamily',
    'OSVersion',
    'IsDomainJoined',
  ],
  IP: ['Address', 'AddressScope'],
  MailCluster: [
    'NetworkMessageIds',
    'CountByDeliveryStatus',
    'CountByThreatType',
    'Query',
    'QueryTime',
    'Source',
    'ClusterGroup',
  ],
  MailMessage: ['Recipient', 'Sender', 'Subject', 'NetworkMessageId', 'InternetMessageId', 'SenderIP', 'ReceivedDate'],
  Mailbox: ['MailboxPrimaryAddress', 'DisplayName', 'Upn', 'ExternalDirectoryObjectId', 'RiskLevel'],
  Malware: ['Name', 'Category'],
  Process: ['ProcessId', 'CommandLine', 'ElevationToken', 'CreationTimeUtc'],
  RegistryKey: ['Hive', 'Key'],
  RegistryValue: ['Name', 'Value', 'ValueType'],
  SecurityGroup: ['DistinguishedName', 'SID', 'ObjectGuid'],
  SubmissionMail: [
    'NetworkMessageId',
    'Timestamp',
    'Recipient',
    'Sender',
    'SenderIp',
    'Subject',
    'ReportType',
    'SubmissionId',
  ],
  URL: ['Url'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type EntityType = keyof typeof entityIdentifiers;

export const isEntityType = (name: string): name is EntityType => Object.hasOwn(entityIdentifiers, name);
