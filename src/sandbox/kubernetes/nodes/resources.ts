import type { Resource } from '../objects.ts';

const core = (plural: string): Resource => ({ group: '', version: 'v1', plural });
const apps = (plural: string): Resource => ({ group: 'apps', version: 'v1', plural });
const cilium = (plural: string): Resource => ({ group: 'cilium.io', version: 'v2', plural });
const tetragon = (plural: string): Resource => ({ group: 'cilium.io', version: 'v1alpha1', plural });

export const NODES = core('nodes');
export const PODS = core('pods');
export const EVENTS = core('events');
export const SECRETS = core('secrets');
export const CONFIG_MAPS = core('configmaps');
export const SERVICES = core('services');
export const ENDPOINTS = core('endpoints');
export const NAMESPACES = core('namespaces');
export const SERVICE_ACCOUNTS = core('serviceaccounts');
export const DAEMON_SETS = apps('daemonsets');
export const DEPLOYMENTS = apps('deployments');
export const REPLICA_SETS = apps('replicasets');
export const STATEFUL_SETS = apps('statefulsets');
export const CONTROLLER_REVISIONS = apps('controllerrevisions');
export const JOBS: Resource = { group: 'batch', version: 'v1', plural: 'jobs' };
export const CRON_JOBS: Resource = { group: 'batch', version: 'v1', plural: 'cronjobs' };
export const LEASES: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };
export const ENDPOINT_SLICES: Resource = { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' };
export const DISRUPTION_BUDGETS: Resource = { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets' };
export const CRDS: Resource = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };
export const CILIUM_NODES = cilium('ciliumnodes');
export const CILIUM_ENDPOINTS = cilium('ciliumendpoints');
export const CILIUM_IDENTITIES = cilium('ciliumidentities');
export const TRACING_POLICIES = tetragon('tracingpolicies');
export const TRACING_POLICIES_NAMESPACED = tetragon('tracingpoliciesnamespaced');

/** What an agent's process remembers of its start. Of no group that the API serves: only the sandbox sees it. */
export const PROCESSES: Resource = { group: 'sandbox.internal', version: 'v1', plural: 'processes' };
