import type { ErrorRule } from './error-rule.ts';

/** What passes by itself: another operation runs, something is registered or deleted at this moment, or the service is busy. */
export const CONFLICT_RULES: readonly ErrorRule[] = [
  {
    codes: ['OperationNotAllowed'],
    message: /stopped|power ?state/i,
    kind: 'failed',
    as: 'ClusterStopped',
    says: ['The cluster is stopped, so it cannot be changed.'],
    do: ['Start it with `az aks start`, then run the same command.'],
  },
  {
    codes: [
      'OperationNotAllowed',
      'EtagMismatch',
      'AnotherOperationInProgress',
      'OperationPreempted',
      'ConcurrentOperation',
    ],
    kind: 'conflict',
    says: ['Another operation runs on this resource: {message}'],
    do: ['Wait until it is over; the run continues by itself.'],
    link: 'https://aka.ms/aks-pending-operation',
  },
  {
    codes: ['PreconditionFailed', 'ConditionNotMet'],
    kind: 'conflict',
    says: ['The resource was changed while this run was changing it.'],
    do: ['Run the same command again: it looks first.'],
  },
  {
    codes: ['ResourceGroupBeingDeleted', 'ResourceGroupDeletionInProgress', 'WorkspaceBeingDeleted'],
    kind: 'conflict',
    says: ['The resource group is being deleted at this moment.'],
    do: ['Wait until the deletion is over, or choose another name with `--resource-group`.'],
  },
  {
    codes: ['MissingSubscriptionRegistration', 'SubscriptionNotRegistered', 'MissingRegistrationForLocation'],
    message: /namespace '(?<namespace>[\w.]+)'/i,
    kind: 'conflict',
    as: 'MissingSubscriptionRegistration',
    says: ['The subscription is not registered to use {namespace} yet.'],
    do: ['Wait a few minutes, or run `az provider register --namespace {namespace} --wait`.'],
  },
  {
    codes: ['MissingSubscriptionRegistration', 'SubscriptionNotRegistered', 'MissingRegistrationForLocation'],
    kind: 'conflict',
    do: ['Wait a few minutes until the resource provider is registered.'],
  },
  {
    codes: ['KubeProxyConfigFeatureNotRegistered'],
    kind: 'conflict',
    says: ['AKS wants the preview feature KubeProxyConfigurationPreview to be registered first.'],
    do: [
      'Wait until `az feature show --namespace Microsoft.ContainerService --name KubeProxyConfigurationPreview` says Registered.',
    ],
    link: 'https://learn.microsoft.com/azure/aks/configure-kube-proxy',
  },
  {
    codes: ['ParentResourceNotFound'],
    kind: 'conflict',
    says: ['Azure does not see the parent of this resource yet: {message}'],
  },
  {
    // Where absence is an answer nobody asks the rules: this is a write into what was just made, or a list of what is in it.
    codes: ['ResourceGroupNotFound', 'ResourceNotFound'],
    kind: 'conflict',
    says: ['Azure does not see what this needs yet: {message}'],
    do: [
      'Wait: what was just made is known everywhere within minutes. Where somebody deleted it, run the same command again: it looks first.',
    ],
  },
  {
    message: /One of the tables does not exist|Failed to resolve table/i,
    kind: 'conflict',
    as: 'TableNotKnownYet',
    says: ['The workspace does not know a table of the rule yet: {message}'],
    do: ['Wait: a new table becomes known within minutes.'],
  },
  {
    codes: [
      'Throttled',
      'TooManyRequests',
      'SubscriptionRequestsThrottled',
      'TenantRequestsThrottled',
      'RateLimited',
      'OperationThrottled',
    ],
    kind: 'transient',
    says: ['Azure asks for fewer requests at this moment.'],
  },
  {
    codes: [
      'RetryableError',
      'InternalServerError',
      'InternalError',
      'ServerTimeout',
      'ServiceUnavailable',
      'GatewayTimeout',
      'BadGateway',
    ],
    kind: 'transient',
    says: ['Azure had a fault of its own: {message}'],
  },
  { codes: ['Conflict', 'ResourceModified'], kind: 'conflict' },
];
