import type { SandboxClock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Identity } from '../identity.ts';
import type { ClusterHost } from '../kubernetes/host.ts';
import type { HttpReply, HttpRequest } from '../server/http.ts';
import type { Store } from '../store.ts';
import type { Tasks } from '../tasks.ts';
import type { Principals } from '../entra/principals.ts';
import type { Tokens } from '../entra/tokens.ts';
import type { Access } from './access/access.ts';
import type { Caller } from './access/caller.ts';
import type { Groups } from './groups.ts';
import type { Locks } from './locks/locks.ts';
import type { Operations } from './operations.ts';
import type { Params } from './path.ts';
import type { Policies } from './policy/policies.ts';
import type { Registrations } from './registrations.ts';
import type { ResourceRecord, Resources } from './resources.ts';

/** Everything that ARM's handlers work on. */
export interface Arm {
  readonly store: Store;
  readonly clock: SandboxClock;
  readonly tasks: Tasks;
  readonly faults: Faults;
  readonly identity: Identity;
  readonly principals: Principals;
  readonly tokens: Tokens;
  readonly access: Access;
  readonly locks: Locks;
  readonly policies: Policies;
  readonly clusterHost: ClusterHost;
  readonly resources: Resources;
  readonly groups: Groups;
  readonly operations: Operations;
  readonly registrations: Registrations;
  /** Where clients reach ARM and the other services, without a trailing slash. */
  readonly endpoints: () => Endpoints;
  /** What the query service has against a query in a workspace; undefined where it could be run. */
  readonly complaint: (workspace: ResourceRecord, query: string) => Promise<string | undefined>;
  /** Sends a request of somebody's to ARM itself, past sign-in: a deployment does what its caller may do. */
  readonly send: (caller: Caller, ask: InnerRequest) => Promise<HttpReply>;
  /** What could not be told to any client goes here. */
  readonly onError: (error: unknown) => void;
}

export interface InnerRequest {
  readonly method: Route['method'];
  /** An id. */
  readonly path: string;
  readonly apiVersion: string;
  readonly body?: unknown;
}

export interface Endpoints {
  readonly arm: string;
  readonly authority: string;
  readonly logs: string;
  /** Resources that tokens for each of the services are issued for. */
  readonly armAudiences: readonly string[];
  readonly logsAudiences: readonly string[];
  readonly graphAudiences: readonly string[];
}

/** A request that has passed ARM's front door. */
export interface ArmCall {
  readonly request: HttpRequest;
  readonly params: Params;
  readonly apiVersion: string;
  /** Parsed JSON, or undefined for an empty body. */
  readonly body: unknown;
  readonly route: Route;
  readonly caller: Caller;
  /** A header's value, or undefined. */
  header(name: string): string | undefined;
  /** A code that only this sandbox can make of a text, for tokens that come back. */
  mac(text: string): string;
  /** A parameter of the route's pattern; asking for one that the pattern lacks is a bug. */
  param(name: string): string;
}

export interface Route {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  readonly pattern: string;
  readonly namespace: string;
  /** Without the namespace: `managedClusters/agentPools`. */
  readonly type: string;
  /** RBAC action where it does not follow from type and method; `{namespace}` stands for a parameter of the path. */
  readonly permission?: string;
  readonly handle: (call: ArmCall, arm: Arm) => HttpReply | Promise<HttpReply>;
}

export const param = (params: Params, name: string): string => {
  const value = params[name];
  if (value === undefined) throw new Error(`The route has no parameter ${name}.`);
  return value;
};
