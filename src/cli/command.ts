import type { ExitCode } from '../errors/exit-code.ts';
import type { Page } from '../render/page.ts';
import type { Context } from './context.ts';
import type { OptionSpecs, OptionValues } from './option.ts';

export interface CommandResult<R = unknown> {
  /** Plain data: printed as it is by `-o json`. */
  readonly result: R;
  readonly exitCode: ExitCode;
}

export interface CommandSpec<O extends OptionSpecs, R> {
  /** As it is typed: `cilium status`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** Paragraphs below the summary in help. */
  readonly details?: readonly string[];
  /** Without the program's name. */
  readonly examples: readonly string[];
  readonly options: O;
  /**
   * Which flags of the config it takes. `all` shows them all in its help; `identity` accepts them all and shows those
   * that tell deployments apart; `none` has none.
   */
  readonly config: 'all' | 'identity' | 'none';
  /** Asks for what is missing where somebody can be asked. */
  readonly wizard?: true;
  /** Cannot go on without the user's own Helm values: their files are read before any cloud is asked. */
  readonly readsValues?: true;
  /** What the events of the run do for `-o text`: shown as they come, or not at all. */
  readonly follows?: true;
  /** The same by its options; such a run prints its events for `-o json`, too, because it has no end to wait for. */
  readonly watches?: (options: OptionValues<O>) => boolean;
  /** The result is a secret that was asked for by name: it is printed as it is. */
  readonly reveals?: true;
  readonly run: (context: Context, options: OptionValues<O>) => Promise<CommandResult<R>>;
  /** How the result reads for people; a command that follows has shown everything already. */
  readonly text?: (result: R, page: Page) => Promise<string>;
}

export type Command = CommandSpec<OptionSpecs, unknown>;

/** Gives the definition its option types, then forgets them: whoever parses knows only data. */
export const command = <const O extends OptionSpecs, R>(spec: CommandSpec<O, R>): Command => spec as unknown as Command;
