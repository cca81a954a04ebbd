import type { CloudProfile } from '../config/cloud-profile.ts';
import type { Config } from '../config/config.ts';
import type { Sources } from '../config/resolve.ts';
import type { Emit } from '../engine/events.ts';
import type { Page } from '../render/page.ts';
import type { Globals } from './globals.ts';
import type { Io } from './io.ts';

export interface Resolved {
  readonly config: Config;
  readonly sources: Sources;
}

/** What a command gets: everything outside of it comes in here. */
export interface Context {
  readonly io: Io;
  readonly globals: Globals;
  /** Name of the command as the catalogue spells it. */
  readonly command: string;
  readonly signal: AbortSignal;
  /** Of the stream that carries the conversation. */
  readonly page: Page;
  readonly output: 'text' | 'json' | 'ndjson';
  /** A person is at a terminal and has not said `--yes`: questions may be asked. */
  readonly interactive: boolean;
  /** Absolute; not made yet. Journal, lock, logs and temporary kubeconfigs go here. */
  readonly stateDir: string;
  /** Absolute path of this run's log; the file is made when the first line is written. */
  readonly logFile: string;
  /** Numbers, stamps and shows an event; also writes it to the log. */
  readonly emit: Emit;
  /** A line of conversation for people; silent in machine formats. */
  readonly say: (line: string) => void;
  /** Words that must never be shown or logged from here on. */
  readonly redact: (secret: string) => void;
  /** The cloud to talk to; with `--sandbox` the sandbox runs when this returns. */
  profile(): Promise<CloudProfile>;
  /** The complete config. Runs the wizard where the command has one and somebody can be asked. @throws Problem `usage` */
  config(): Promise<Config>;
  resolved(): Promise<Resolved>;
  /** Yes or no from a person; `--yes` answers yes. @throws Problem `usage` where nobody can be asked. */
  confirm(question: string): Promise<boolean>;
  /**
   * A choice from a person; where nobody can be asked, or with `--yes`, the first one. `preface` is shown before it, at once;
   * `over` takes the question back.
   */
  choose<T extends string>(
    question: string,
    choices: readonly { value: T; name: string }[],
    more?: { readonly preface?: string; readonly over?: AbortSignal },
  ): Promise<T>;
}
