import { Problem } from '../errors/problem.ts';

/** The process that asks for a lock, and what it can learn of others. */
export interface ThisProcess {
  readonly pid: number;
  readonly host: string;
  readonly user?: string | undefined;
  /**
   * Tells apart what has process numbers of its own: machines, their boots, containers with one host name. Undefined where the system does not
   * tell; then the host name has to do.
   */
  readonly machine?: string | undefined;
  /** Whether a process of this machine is alive, and when it was born where that can be known. */
  processBorn(pid: number): { readonly alive: boolean; readonly born: string | undefined };
}

/** Who holds a lock, as its file says. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly user?: string | undefined;
  readonly machine?: string | undefined;
  readonly startedAt: string;
  /** Start time of the process as the kernel counts it, so that a new process with an old pid is not taken for the holder. */
  readonly born?: string | undefined;
}

const word = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Undefined for a file that was created and is not written yet, and for one that somebody edited. */
export const parseHolder = (text: string | undefined): Holder | undefined => {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, host, user, machine, startedAt, born } = value as Readonly<Record<string, unknown>>;
    return typeof pid === 'number' && typeof host === 'string' && typeof startedAt === 'string'
      ? { pid, host, user: word(user), machine: word(machine), startedAt, born: word(born) }
      : undefined;
  } catch {
    return undefined;
  }
};

export const holderOf = (me: ThisProcess, startedAt: string): Holder => ({
  pid: me.pid,
  host: me.host,
  user: me.user,
  machine: me.machine,
  startedAt,
  born: me.processBorn(me.pid).born,
});

export const sameHolder = (one: Holder, other: Holder): boolean =>
  one.pid === other.pid &&
  one.host === other.host &&
  one.machine === other.machine &&
  one.startedAt === other.startedAt &&
  one.born === other.born;

/** Whether its process number means anything here. */
export const isHere = ({ host, machine }: Pick<Holder, 'host' | 'machine'>, me: ThisProcess): boolean =>
  machine === undefined || me.machine === undefined ? host === me.host : machine === me.machine;

const staleAfterMs = 60_000;

/**
 * Whether somebody is behind a lock: by process number and birth where those can be asked for, else by its heart, which beats four times a
 * minute. `ageMs` is how long ago it last did; it is asked for only where that counts.
 */
export const isHeld = (holder: Holder | undefined, me: ThisProcess, ageMs: () => number): boolean => {
  // Created and not yet written: give its maker the same minute.
  if (holder === undefined || !isHere(holder, me)) return ageMs() < staleAfterMs;
  const { alive, born } = me.processBorn(holder.pid);
  if (!alive) return false;
  // Stopped or asleep is not gone: it is the same process as long as it was born at the same time.
  return holder.born === undefined || born === undefined ? ageMs() < staleAfterMs : holder.born === born;
};

const named = ({ pid, user, host, startedAt }: Holder): string =>
  `process ${pid}${user === undefined ? '' : ` of ${user}`} on ${host}, since ${startedAt}`;

export const locked = (holder: Holder | undefined, path: string): Problem =>
  new Problem(
    holder === undefined
      ? `Another run is just starting (${path})`
      : `Another run holds this deployment: ${named(holder)}`,
    {
      kind: 'locked',
      code: 'locked',
      hint: 'Wait for it, or stop that process; a lock whose process is gone frees itself, on another machine within a minute.',
    },
  );

export const takenOver = (holder: Holder | undefined): Problem =>
  new Problem(
    `While this run was stopped, another one took the deployment over${holder === undefined ? '' : `: ${named(holder)}`}`,
    {
      kind: 'locked',
      code: 'lock-lost',
      hint: 'Nothing was written since. Wait for the other run; then the same command looks at what is left to do.',
    },
  );
