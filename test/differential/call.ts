import type { KubeConfig } from '@kubernetes/client-node';
import type { Ran } from '../sandbox/kubernetes/run-tool.ts';

/** What came back of one HTTP request; `body` is parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  /** Those that a client acts on. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type Ask = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

export interface WatchEvent {
  readonly type: string;
  readonly object: unknown;
}

/** What came of a request for a WebSocket. */
export interface Streamed {
  /** 101, or the status of what came in place of it. */
  readonly status: number;
  readonly protocol: string;
  /** The body of a refusal. */
  readonly refusal?: unknown;
  /** What came on each channel; JSON where it is a Status. */
  readonly channels: Readonly<Record<string, unknown>>;
}

export interface SocketOptions {
  readonly protocols?: readonly string[];
  /** Frames that are sent once it is open: the channel, and what follows it. */
  readonly send?: readonly (readonly [number, string])[];
  /** Called with it once it is open. */
  readonly meanwhile?: () => Promise<unknown>;
  /** When it was enough; else the server ends it. */
  readonly until?: (channels: Streamed['channels']) => boolean;
}

/** One of the two sides as a script sees it: it cannot tell which. */
export interface World {
  /** As cluster admin, JSON both ways unless the headers say otherwise. `{ns}` and `{p}` in paths and bodies stand for namespace and prefix. */
  readonly ask: Ask;
  /** As the owner of a bearer token, or, without one, as nobody. */
  as(token: string | undefined): Ask;
  /** Events of a watch, until `until` says that it was enough, the server ends it, or ten seconds have passed. */
  watch(path: string, until: (events: readonly WatchEvent[]) => boolean): Promise<readonly WatchEvent[]>;
  /** The text of an answer that goes on, until it holds `enough`, the server ends it, or ten seconds have passed. */
  follow(path: string, enough: RegExp): Promise<string>;
  /** Opens a WebSocket, and collects what it says until its end, at most ten seconds. */
  socket(path: string, options: SocketOptions): Promise<Streamed>;
  /** Asks GET again and again until the answer is as wanted, for twenty seconds at most; answers the last one either way. */
  until(path: string, wanted: (answer: Answer) => boolean): Promise<Answer>;
  /** Lets the cluster's store forget all that has been. */
  compact(): Promise<void>;
  /** Cluster admin's, for @kubernetes/client-node. */
  readonly client: KubeConfig;
  readonly kubeconfig: string;
  kubectl(args: readonly string[], stdin?: string | object): Promise<Ran>;
  helm3(args: readonly string[]): Promise<Ran>;
  helm4(args: readonly string[]): Promise<Ran>;
  /** The script's own namespace, the same on both sides. */
  readonly namespace: string;
  /** Begins every name outside the namespace, the same on both sides, another in each run. */
  readonly prefix: string;
  /** What one call keeps for a later one of the same script. */
  readonly kept: Map<string, string>;
}

export interface Call {
  readonly name: string;
  /** What the product also does, so it may never be in the accepted list. */
  readonly product?: boolean;
  /** Changes nothing, and tells of what controllers make at their own pace: asked again for some seconds before a difference counts. */
  readonly settles?: boolean;
  run(world: World): Promise<unknown>;
}

/** Calls in an order, in a namespace of their own. */
export interface Script {
  /** Short, fit for a namespace's name. */
  readonly name: string;
  readonly calls: readonly Call[];
}

/** A call that is one request. */
export const http = (
  name: string,
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
): Call => ({ name, run: (world) => world.ask(method, path, body, headers) });

/** The same call, marked as one that the product makes, too. */
export const asProduct = (call: Call): Call => ({ ...call, product: true });

export const patchTypes = {
  json: { 'content-type': 'application/json-patch+json' },
  merge: { 'content-type': 'application/merge-patch+json' },
  strategic: { 'content-type': 'application/strategic-merge-patch+json' },
  apply: { 'content-type': 'application/apply-patch+yaml' },
} as const;
