import type { ErrorRule } from './error-rule.ts';

const QUOTA_LINK = 'https://learn.microsoft.com/azure/quotas/per-vm-quota-requests';
const QUOTA_CODES = ['QuotaExceeded', 'OperationNotAllowed', 'ErrCode_InsufficientVCPUQuota', 'InsufficientVCPUQuota'];
const QUOTA_DO = 'Choose a smaller node size, fewer nodes or another region, or ask for more quota.';

/** Refusals of Azure Resource Manager, AKS, Log Analytics and Microsoft Sentinel. Conflicts are in conflict-rules.ts, roles, policies and locks in access-rules.ts. */
export const AZURE_RULES: readonly ErrorRule[] = [
  {
    codes: ['ExpiredAuthenticationToken'],
    kind: 'sign-in',
    says: ['The access token has expired.'],
    do: ['Sign in again (`az login`), then run the same command: it continues where it stopped.'],
  },
  {
    codes: ['InvalidAuthenticationTokenTenant'],
    kind: 'sign-in',
    says: ['The sign-in is for another tenant than the one that the subscription belongs to.'],
    do: ['Give the tenant of the subscription with `--tenant`, or sign in to it with `az login --tenant <tenant>`.'],
  },
  {
    codes: [
      'InvalidAuthenticationToken',
      'AuthenticationFailed',
      'AuthenticationFailedMissingToken',
      'InvalidAuthenticationTokenAudience',
      'InvalidAuthenticationTokenIssuer',
      'Unauthorized',
    ],
    kind: 'sign-in',
    says: ['Azure does not accept the access token: {message}'],
    do: ['Sign in again (`az login`) and check `--cloud` and `--tenant`.'],
  },
  {
    codes: ['SubscriptionNotFound', 'InvalidSubscriptionId'],
    kind: 'sign-in',
    says: [
      'The signed-in account sees no subscription {subscription}.',
      'The signed-in account does not see this subscription.',
    ],
    do: ['Check the id (`az account list -o table`) and the tenant (`--tenant`).'],
  },
  {
    codes: QUOTA_CODES,
    message:
      /requested (?<needed>\d+), remaining (?<available>-?\d+) for family (?<family>\w+) for region (?<location>\w+)/i,
    kind: 'failed',
    as: 'QuotaExceeded',
    says: ['The subscription has {available} vCPUs left for {family} in {location}; this plan needs {needed}.'],
    do: [QUOTA_DO],
    link: QUOTA_LINK,
  },
  {
    codes: QUOTA_CODES,
    message: /requested (?<needed>\d+), remaining (?<available>-?\d+) for region (?<location>\w+)/i,
    kind: 'failed',
    as: 'QuotaExceeded',
    says: ['The subscription has {available} vCPUs left in {location}; this plan needs {needed}.'],
    do: [QUOTA_DO],
    link: QUOTA_LINK,
  },
  {
    codes: QUOTA_CODES,
    message:
      /left for location (?<location>\w+)\W+left regional vcpu quota (?<available>-?\d+), requested quota (?<needed>\d+)/i,
    kind: 'failed',
    as: 'QuotaExceeded',
    says: ['The subscription has {available} vCPUs left in {location}; this plan needs {needed}.'],
    do: [QUOTA_DO],
    link: QUOTA_LINK,
  },
  {
    codes: QUOTA_CODES,
    message:
      /exceeding approved (?:(?<family>[\w ]+?) )?quota[\s\S]*Location: (?<location>\w+)[\s\S]*Current Limit: (?<limit>\d+)[\s\S]*Current Usage: (?<used>\d+)[\s\S]*Additional Required: (?<needed>\d+)/i,
    kind: 'failed',
    as: 'QuotaExceeded',
    says: ['The subscription uses {used} of {limit} vCPUs ({family}) in {location}; this plan needs {needed} more.'],
    do: [QUOTA_DO],
    link: QUOTA_LINK,
  },
  {
    codes: QUOTA_CODES,
    message: /quota/i,
    kind: 'failed',
    as: 'QuotaExceeded',
    do: [QUOTA_DO],
    link: QUOTA_LINK,
  },
  { codes: ['QuotaExceeded', 'ErrCode_InsufficientVCPUQuota'], kind: 'failed', do: [QUOTA_DO], link: QUOTA_LINK },
  {
    codes: [
      'SkuNotAvailable',
      'VMSizeNotSupported',
      'VMSizeDoesNotSupport',
      'NotAvailableForSubscription',
      'BadRequest',
    ],
    message: /VM size of (?<size>\w+) is not allowed in your subscription in location '(?<location>\w+)'/i,
    kind: 'failed',
    as: 'SkuNotAvailable',
    says: ['This subscription may not use {size} in {location}.'],
    do: ['Choose another node size or region.'],
  },
  {
    codes: ['SkuNotAvailable', 'VMSizeNotSupported', 'NotAvailableForSubscription'],
    kind: 'failed',
    do: ['Choose another node size or region; `az vm list-skus --location <region> --size <size> -o table` shows why.'],
  },
  {
    codes: [
      'AllocationFailed',
      'ZonalAllocationFailed',
      'OverconstrainedAllocationRequest',
      'OverconstrainedZonalAllocationRequest',
    ],
    kind: 'failed',
    says: ['The region has no machines of this size free at the moment.'],
    do: ['Run again later, or choose another node size or region.'],
  },
  {
    codes: ['LocationNotAvailableForResourceType', 'LocationNotAvailableForResourceGroup', 'InvalidLocation'],
    kind: 'failed',
    do: ['Choose a region that the service is in; `az account list-locations -o table` lists them.'],
  },
  {
    codes: ['InvalidResourceLocation', 'InvalidResourceGroupLocation'],
    kind: 'failed',
    do: ['Use the region of what exists, or another name.'],
  },
  {
    codes: ['UnmarshalError'],
    message: /unknown field \\?"?(?<field>\w+)/i,
    kind: 'failed',
    says: ['AKS does not know the field {field} in this api-version.'],
    do: ['Choose a preview version that serves it with `cluster.apiVersion`.'],
    link: 'https://aka.ms/aks/apiversions',
  },
  {
    codes: ['NoRegisteredProviderFound', 'InvalidApiVersionParameter', 'UnsupportedApiVersion'],
    kind: 'failed',
    says: ['Azure no longer serves, or does not yet serve, this api-version: {message}'],
    do: ['Leave `cluster.apiVersion` out so that a served version is chosen, or update this tool.'],
  },
  {
    codes: ['ReadOnlyDisabledSubscription', 'SubscriptionNotActive', 'DisabledSubscription'],
    kind: 'failed',
    says: ['The subscription is disabled, so nothing can be changed in it.'],
    do: ['Enable it again in the portal, or choose another with `--subscription`.'],
  },
  {
    codes: ['VMExtensionProvisioningError', 'OutboundConnFailVMExtensionError', 'VMExtensionError_OutBoundConnFail'],
    message: /outbound|OutBoundConnFail|exit status ?= ?50/i,
    kind: 'failed',
    as: 'OutboundConnFail',
    says: ['The nodes cannot reach the internet, so they could not join the cluster.'],
    do: ['Allow the egress that AKS needs, then run again.'],
    link: 'https://learn.microsoft.com/azure/aks/outbound-rules-control-egress',
  },
  {
    message: /technique '(?<technique>[^']+)' is invalid/i,
    kind: 'failed',
    says: ["Microsoft Sentinel refuses technique '{technique}': it wants the form T1234, without a sub-technique."],
  },
];
