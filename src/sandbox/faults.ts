import type { Store } from './store.ts';

/** Faults that happen to a request, whatever it asks for. */
const requestFaults = [
  'throttled',
  'throttled-without-header',
  'reset-before',
  'reset-after',
  'http-500',
  'stall',
  'truncated',
  'not-found',
] as const;

/** Faults that one service knows the meaning of; they last until they are taken away. */
const lastingFaults = [
  'authorization-failed',
  'quota-exceeded',
  'sku-unavailable',
  'feature-required',
  'feature-stuck',
  'provider-stuck',
  'invalid-client',
  'onboarding-conflict',
  'token-lifetime',
] as const;

/** Faults of the next token that is asked for. */
const tokenFaults = ['token-not-yet-valid'] as const;

/** Faults that a write to a cluster or its operation meets, once unless a count is given. */
const operationFaults = [
  'conflict-in-progress',
  'operation-failed',
  'operation-record-lost',
  'cluster-failed',
] as const;

/** A fault that takes effect when it is set: no token issued before is accepted. */
const instantFaults = ['token-expired'] as const;

export const faultNames = [
  ...requestFaults,
  ...lastingFaults,
  ...operationFaults,
  ...tokenFaults,
  ...instantFaults,
] as const;
export type FaultName = (typeof faultNames)[number];

export const faultServices = ['arm', 'kubernetes'] as const;
export type FaultService = (typeof faultServices)[number];

export interface Fault {
  readonly id: string;
  readonly name: FaultName;
  /** How many times it still happens; undefined is for ever. */
  readonly count: number | undefined;
  /** Only requests with this method, and with this text in their path, whatever the case. */
  readonly method?: string;
  readonly path?: string;
  /** Whose requests a request fault happens to; ARM's where it names nobody. */
  readonly service?: FaultService;
  /** Parameters of this kind of fault, for example `retryAfter`, `actions`, `code`, `message`, `limit`, `location`. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type RequestFault = Fault & { readonly name: (typeof requestFaults)[number] };

export interface Where {
  readonly method: string;
  readonly path: string;
}

export interface Faults {
  add(name: FaultName, options: Partial<Omit<Fault, 'id' | 'name'>>): Fault;
  list(): readonly Fault[];
  /** Without an id: all of them. */
  remove(id?: string): void;
  /** The first fault of this name that fits, used up by one. */
  take(name: FaultName, where?: Where): Fault | undefined;
  /** The same without using it up. */
  find(name: FaultName, where?: Where): Fault | undefined;
  /** The first fault that happens to requests to this service as such. */
  takeForRequest(where: Where, service: FaultService): RequestFault | undefined;
}

export const isFaultName = (text: string): text is FaultName => faultNames.some((name) => name === text);

/** Faults survive a restart: what was broken stays broken. */
export const createFaults = (store: Store): Faults => {
  const active = store.collection<Fault>('fault');
  const counter = store.collection<number>('fault-counter');
  const fits = (fault: Fault, where: Where | undefined): boolean =>
    where === undefined ||
    ((fault.method === undefined || fault.method.toUpperCase() === where.method) &&
      (fault.path === undefined || where.path.toLowerCase().includes(fault.path.toLowerCase())));
  const find = (name: FaultName, where?: Where): Fault | undefined =>
    active.values().find((fault) => fault.name === name && fits(fault, where));
  const use = <T extends Fault>(fault: T | undefined): T | undefined => {
    if (fault?.count !== undefined) {
      if (fault.count <= 1) active.delete(fault.id);
      else active.set(fault.id, { ...fault, count: fault.count - 1 });
    }
    return fault;
  };
  return {
    add(name, options) {
      const serial = (counter.get('last') ?? 0) + 1;
      counter.set('last', serial);
      const lasting = lastingFaults.some((one) => one === name);
      const fault: Fault = {
        parameters: {},
        ...options,
        id: String(serial),
        name,
        count: options.count ?? (lasting ? undefined : 1),
      };
      if (!instantFaults.some((one) => one === name)) active.set(fault.id, fault);
      return fault;
    },
    list: () => active.values(),
    remove(id) {
      for (const fault of active.values()) if (id === undefined || fault.id === id) active.delete(fault.id);
    },
    take: (name, where) => use(find(name, where)),
    find,
    takeForRequest: (where, service) =>
      use(
        active
          .values()
          .find(
            (fault): fault is RequestFault =>
              requestFaults.some((name) => name === fault.name) &&
              (fault.service ?? 'arm') === service &&
              fits(fault, where),
          ),
      ),
  };
};

export const textParameter = (fault: Fault, name: string): string | undefined => {
  const value = fault.parameters[name];
  return typeof value === 'string' ? value : undefined;
};

export const numberParameter = (fault: Fault, name: string): number | undefined => {
  const value = fault.parameters[name];
  return typeof value === 'number' ? value : undefined;
};
