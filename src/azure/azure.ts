import type { Clusters } from './cluster-contract.ts';
import type { Policies } from './policy-contract.ts';
import type { SeenBefore } from './precondition.ts';
import type { ProvisioningState, Tags } from './resource-facts.ts';

/**
 * Azure as the steps see it: our own types, one property per service, no SDK type. Every call takes the run's signal as its last argument,
 * throws `Problem` (deepest ARM code first) and retries by itself only what no caller could judge better: throttling with Retry-After, lost connections, 5xx.
 * `find` answers undefined for what does not exist; ids are compared without case everywhere, because Azure changes it.
 */
export interface Azure {
  readonly subscriptionId: string;
  readonly tenantId: string;
  /** How often a running operation of this cloud is asked for, in milliseconds. */
  readonly pollIntervalMs: number;
  /** Deleting a managed cluster of this cloud leaves nodes and workloads as they are. */
  readonly clustersOutliveDeletion: boolean;
  /** One line for people: who is signed in, by which credential. Asks for a first token, so it also proves the sign-in. */
  signIn(signal: AbortSignal): Promise<SignedIn>;
  readonly providers: Providers;
  readonly features: Features;
  readonly groups: ResourceGroups;
  readonly workspaces: Workspaces;
  readonly tables: Tables;
  readonly sentinel: Sentinel;
  readonly savedSearches: SavedSearches;
  readonly dataCollectionRules: DataCollectionRules;
  readonly associations: Associations;
  readonly clusters: Clusters;
  readonly compute: Compute;
  readonly locks: Locks;
  readonly policies: Policies;
}

export interface Locks {
  /** A lock that lets the resource group, or its whole subscription, only be read. */
  readOnly(
    resourceGroup: string,
    signal: AbortSignal,
  ): Promise<{ readonly name: string; readonly scope: string } | undefined>;
}

export interface SignedIn {
  readonly account: string;
  readonly tenantId: string;
  readonly credential: string;
}

export interface Providers {
  /** `Registered`, `Registering`, `NotRegistered`, `Unregistered`, … */
  state(namespace: string, signal: AbortSignal): Promise<string>;
  register(namespace: string, signal: AbortSignal): Promise<void>;
  /** Newest first, as the provider lists them for a type such as `managedClusters`. */
  apiVersions(namespace: string, type: string, signal: AbortSignal): Promise<readonly string[]>;
}

export interface Features {
  /** `Registered`, `Registering`, `Pending`, `NotRegistered`, `Unregistered`, … */
  state(namespace: string, feature: string, signal: AbortSignal): Promise<string>;
  register(namespace: string, feature: string, signal: AbortSignal): Promise<void>;
}

export interface ResourceGroup {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Tags;
  readonly provisioningState: ProvisioningState;
}

export interface ResourceGroups {
  find(name: string, signal: AbortSignal): Promise<ResourceGroup | undefined>;
  /** Create, or replace the tags of an existing one. */
  put(name: string, body: { location: string; tags: Tags }, signal: AbortSignal): Promise<void>;
  /** Accepts the deletion; it goes on in Azure. */
  delete(name: string, signal: AbortSignal): Promise<void>;
  /** Ids of everything in the group. */
  resources(name: string, signal: AbortSignal): Promise<readonly GroupResource[]>;
}

export interface GroupResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly tags: Tags;
}

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly tags: Tags;
  /** GUID that queries name the workspace by. */
  readonly customerId: string;
  readonly retentionDays: number;
  readonly etag?: string | undefined;
  readonly provisioningState: ProvisioningState;
}

export interface Workspaces {
  find(resourceGroup: string, name: string, signal: AbortSignal): Promise<Workspace | undefined>;
  findById(id: string, signal: AbortSignal): Promise<Workspace | undefined>;
  /** A workspace of this name and group that was deleted in the last 14 days: a create brings it and its data back. */
  findDeleted(
    resourceGroup: string,
    name: string,
    signal: AbortSignal,
  ): Promise<{ readonly id: string; readonly location: string } | undefined>;
  put(
    resourceGroup: string,
    name: string,
    body: { location: string; tags: Tags; retentionDays: number },
    before: SeenBefore,
    signal: AbortSignal,
  ): Promise<void>;
  /** PATCH of an existing one: its price tier, its daily cap and all else stay. */
  change(
    resourceGroup: string,
    name: string,
    body: { tags: Tags; retentionDays?: number },
    before: SeenBefore,
    signal: AbortSignal,
  ): Promise<void>;
  delete(resourceGroup: string, name: string, options: { purge: boolean }, signal: AbortSignal): Promise<void>;
}

export interface Table {
  readonly plan: string;
  readonly provisioningState: ProvisioningState;
}

export interface Tables {
  find(workspaceId: string, table: string, signal: AbortSignal): Promise<Table | undefined>;
  put(workspaceId: string, table: string, body: { plan: 'Analytics' }, signal: AbortSignal): Promise<void>;
}

export interface Sentinel {
  onboarded(workspaceId: string, signal: AbortSignal): Promise<boolean>;
  onboard(workspaceId: string, signal: AbortSignal): Promise<void>;
  findRule(workspaceId: string, ruleId: string, signal: AbortSignal): Promise<AlertRule | undefined>;
  listRules(workspaceId: string, signal: AbortSignal): Promise<readonly AlertRule[]>;
  putRule(
    workspaceId: string,
    ruleId: string,
    body: AlertRuleBody,
    etag: string | undefined,
    signal: AbortSignal,
  ): Promise<void>;
  deleteRule(workspaceId: string, ruleId: string, signal: AbortSignal): Promise<void>;
}

export interface AlertRuleBody {
  readonly kind: 'Scheduled' | 'NRT';
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface AlertRule extends AlertRuleBody {
  /** Last segment of the id. */
  readonly ruleId: string;
  readonly etag: string | undefined;
}

export interface SavedSearchBody {
  readonly category: string;
  readonly displayName: string;
  readonly query: string;
  readonly functionAlias?: string;
  readonly functionParameters?: string;
  readonly tags?: readonly { readonly name: string; readonly value: string }[];
}

export interface SavedSearch extends SavedSearchBody {
  readonly savedSearchId: string;
  readonly etag: string | undefined;
}

export interface SavedSearches {
  find(workspaceId: string, savedSearchId: string, signal: AbortSignal): Promise<SavedSearch | undefined>;
  /** `etag` as the probe saw it, or undefined for a first creation: Azure answers 409 to a second PUT without one. */
  put(
    workspaceId: string,
    savedSearchId: string,
    body: SavedSearchBody,
    etag: string | undefined,
    signal: AbortSignal,
  ): Promise<void>;
  delete(workspaceId: string, savedSearchId: string, signal: AbortSignal): Promise<void>;
}

export interface DataCollectionRule {
  readonly id: string;
  readonly etag?: string | undefined;
  readonly location: string;
  readonly tags: Tags;
  readonly provisioningState: ProvisioningState;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface DataCollectionRules {
  find(resourceGroup: string, name: string, signal: AbortSignal): Promise<DataCollectionRule | undefined>;
  put(
    resourceGroup: string,
    name: string,
    body: { location: string; kind: 'Linux'; tags: Tags; properties: Readonly<Record<string, unknown>> },
    before: SeenBefore,
    signal: AbortSignal,
  ): Promise<void>;
  /** PATCH of the tags alone. */
  tag(resourceGroup: string, name: string, tags: Tags, before: SeenBefore, signal: AbortSignal): Promise<void>;
  delete(resourceGroup: string, name: string, signal: AbortSignal): Promise<void>;
}

export interface Associations {
  /** `dataCollectionRuleId` of an association on a resource. */
  find(
    resourceId: string,
    name: string,
    signal: AbortSignal,
  ): Promise<{ readonly dataCollectionRuleId: string; readonly etag?: string | undefined } | undefined>;
  put(
    resourceId: string,
    name: string,
    body: { dataCollectionRuleId: string; description: string },
    before: SeenBefore,
    signal: AbortSignal,
  ): Promise<void>;
  delete(resourceId: string, name: string, signal: AbortSignal): Promise<void>;
}

export interface Compute {
  /** vCPUs of a size and whether this subscription may use it in the region; undefined where the region does not have it. */
  size(location: string, vmSize: string, signal: AbortSignal): Promise<VmSize | undefined>;
  quota(
    location: string,
    family: string,
    signal: AbortSignal,
  ): Promise<{ readonly used: number; readonly limit: number } | undefined>;
}

export interface VmSize {
  readonly family: string;
  readonly vCpus: number;
  /** Azure's reason why it may not be used, for example `NotAvailableForSubscription`. */
  readonly restriction: string | undefined;
}
