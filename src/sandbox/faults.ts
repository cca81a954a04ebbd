import type { SandboxClock } from './clock.ts';
import { kindOf } from './faults/kinds.ts';
import type { FaultName, FaultService, RefusalName, TransportFaultName } from './faults/kinds.ts';
import type { Store } from './store.ts';

export interface Fault {
  readonly id: string;
  readonly name: FaultName;
  /** How many times it still happens; undefined is for ever. */
  readonly count: number | undefined;
  /** Milliseconds since the epoch after which it does not happen any more. */
  readonly until?: number;
  /** Only requests with this method, and with this text in their path, whatever the case. */
  readonly method?: string;
  readonly path?: string;
  /** Whose requests a request fault happens to; ARM's where it names nobody. */
  readonly service?: FaultService;
  /** The fault that left this one behind, and goes with it. */
  readonly parent?: string;
  /** Parameters of this kind of fault, for example `retryAfter`, `actions`, `code`, `message`, `limit`. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type RequestFault = Fault & { readonly name: TransportFaultName | RefusalName };

export interface Where {
  readonly method: string;
  readonly path: string;
}

export interface FaultOptions extends Partial<Omit<Fault, 'id' | 'name' | 'count' | 'until'>> {
  readonly count?: number | 'always';
  /** Seconds of Azure's time after which it is over. */
  readonly seconds?: number;
}

/** Called after every change of what is to go wrong, with what was taken away by hand: an id, or `all`. */
export type FaultListener = (removed: string | undefined) => void;

export interface Faults {
  add(name: FaultName, options: FaultOptions): Fault;
  list(): readonly Fault[];
  /** Without an id: all of them. */
  remove(id?: string): void;
  /** The first fault of this name that fits, used up by one. */
  take(name: FaultName, where?: Where): Fault | undefined;
  /** The same without using it up. */
  find(name: FaultName, where?: Where): Fault | undefined;
  /** The first fault that happens to requests to this service as such; `meant` tells whether one is for this request. */
  takeForRequest(
    where: Where,
    service: FaultService,
    meant?: (fault: RequestFault) => boolean,
  ): RequestFault | undefined;
  subscribe(listener: FaultListener): () => void;
}

/** Faults survive a restart: what was broken stays broken. */
export const createFaults = (store: Store, clock: SandboxClock): Faults => {
  const active = store.collection<Fault>('fault');
  const counter = store.collection<number>('fault-counter');
  const listeners = new Set<FaultListener>();
  const changed = (removed?: string): void => {
    for (const listener of listeners) listener(removed);
  };
  const fits = (fault: Fault, where: Where | undefined): boolean =>
    (fault.until === undefined || fault.until > clock.now()) &&
    (where === undefined ||
      ((fault.method === undefined || fault.method.toUpperCase() === where.method) &&
        (fault.path === undefined || where.path.toLowerCase().includes(fault.path.toLowerCase()))));
  const find = (name: FaultName, where?: Where): Fault | undefined =>
    active.values().find((fault) => fault.name === name && fits(fault, where));
  const use = <T extends Fault>(fault: T | undefined): T | undefined => {
    if (fault?.count !== undefined) {
      if (fault.count <= 1) active.delete(fault.id);
      else active.set(fault.id, { ...fault, count: fault.count - 1 });
      changed();
    }
    return fault;
  };
  return {
    add(name, { count, seconds, ...options }) {
      const serial = (counter.get('last') ?? 0) + 1;
      counter.set('last', serial);
      const { lasts } = kindOf(name);
      const fault: Fault = {
        parameters: {},
        ...options,
        id: String(serial),
        name,
        count: count === 'always' ? undefined : (count ?? (lasts !== 'once' || seconds !== undefined ? undefined : 1)),
        ...(seconds === undefined ? {} : { until: clock.now() + (seconds * 1000) / clock.speed }),
      };
      if (lasts !== 'instant') active.set(fault.id, fault);
      if (seconds !== undefined) clock.after(seconds * 1000, () => changed());
      changed();
      return fault;
    },
    list: () => active.values().filter((fault) => fits(fault, undefined)),
    remove(id) {
      for (const fault of active.values())
        if (id === undefined || fault.id === id || fault.parent === id) active.delete(fault.id);
      changed(id ?? 'all');
    },
    take: (name, where) => use(find(name, where)),
    find,
    takeForRequest: (where, service, meant = () => true) =>
      use(
        active
          .values()
          .find(
            (fault): fault is RequestFault =>
              happensTo(fault, service) && fits(fault, where) && meant(fault as RequestFault),
          ),
      ),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

const happensTo = (fault: Fault, service: FaultService): boolean => {
  const { services } = kindOf(fault.name);
  return services !== undefined && (fault.service ?? services[0]) === service;
};

export const textParameter = (fault: Pick<Fault, 'parameters'>, name: string): string | undefined => {
  const value = fault.parameters[name];
  return typeof value === 'string' ? value : undefined;
};

export const numberParameter = (fault: Pick<Fault, 'parameters'>, name: string): number | undefined => {
  const value = fault.parameters[name];
  return typeof value === 'number' ? value : undefined;
};
