import type { Clock } from '../engine/clock.ts';

export interface OutStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** What a Ctrl-C does before it ends the command; without it the first one aborts the signal. */
export interface Interrupts {
  /**
   * From here on a first Ctrl-C calls `ask` instead of aborting the signal; SIGTERM still aborts it. `ask` answers false where it is
   * asking already: then the process ends. Returns what gives the Ctrl-C back.
   */
  claim(ask: () => boolean): () => void;
  /** Ends the process with 130, at once. */
  out(): void;
}

/** Everything that the command line knows of the process it runs in; tests bring their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly platform: string;
  /** The Node that runs us, for the processes that we start. */
  readonly execPath: string;
  readonly pid: number;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  /** Aborts on the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  readonly interrupts?: Interrupts | undefined;
  /** Runs something synchronous when the process ends, however it does but by a kill; returns what takes that back. */
  readonly atExit?: ((act: () => void) => () => void) | undefined;
  readonly clock: Clock;
  /** Holds package.json, templates, charts-values and kql, in a checkout and in the published package alike. */
  readonly packageRoot: string;
  readonly version: string;
}
