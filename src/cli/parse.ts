import { CommanderError, Command as Parser, Option } from 'commander';
import { environmentName, type Scalar } from '../config/field.ts';
import { fields } from '../config/fields.ts';
import { catalogue, groups } from './catalogue.ts';
import type { Command } from './command.ts';
import { globalOptions, type Globals } from './globals.ts';
import { commandHelp, groupHelp, programHelp } from './help.ts';
import { flagOf, keyOf, readOption, type OptionSpecs, type OptionValue, type OptionValues } from './option.ts';
import { program } from './program.ts';
import { parserProblem } from './parser-problem.ts';
import { usage } from './usage.ts';

export type Parsed =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly problem: unknown }
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly globals: Globals;
      readonly options: OptionValues<OptionSpecs>;
      /** Flags of the config, by flag name, as they were written. */
      readonly flags: Readonly<Record<string, Scalar | undefined>>;
    };

type Env = Readonly<Record<string, string | undefined>>;
type Raw = Readonly<Record<string, unknown>>;

const addOptions = (parser: Parser, specs: OptionSpecs): void => {
  for (const [key, spec] of Object.entries(specs)) {
    const short = spec.short === undefined ? '' : `-${spec.short}, `;
    const flag = `--${flagOf(key)}`;
    const option = new Option(`${short}${flag}${spec.type === 'switch' ? '' : ' <value>'}`);
    // A list may be written with commas or by repeating its flag.
    if (spec.type === 'list')
      option.argParser((value, before: string | undefined) => (before === undefined ? value : `${before},${value}`));
    parser.addOption(option);
    if (spec.type === 'switch') parser.addOption(new Option(`--no-${flagOf(key)}`).default(undefined));
  }
};

const addFields = (parser: Parser): void => {
  for (const field of fields) {
    parser.addOption(new Option(`--${field.flag}${field.kind === 'switch' ? '' : ' <value>'}`));
    if (field.kind === 'switch') parser.addOption(new Option(`--no-${field.flag}`).default(undefined));
  }
};

/** Options as they were written, else as their variables say. @throws Problem `usage` */
export const readOptions = <O extends OptionSpecs>(specs: O, raw: Raw, env: Env): OptionValues<O> => {
  const values: Record<string, OptionValue> = {};
  for (const [key, spec] of Object.entries(specs)) {
    const variable = environmentName(flagOf(key));
    const written = raw[key] as string | boolean | undefined;
    const text = written ?? (env[variable] === '' ? undefined : env[variable]);
    if (text === undefined) continue;
    const reading = readOption(spec, text);
    if (!reading.ok) {
      const name = written === undefined ? variable : `--${flagOf(key)}`;
      throw usage(`${name} is ${JSON.stringify(String(text))}, but it must be ${reading.form}.`);
    }
    values[key] = reading.value;
  }
  return values as OptionValues<O>;
};

const readFlags = (command: Command, raw: Raw): Readonly<Record<string, Scalar | undefined>> =>
  command.config === 'none'
    ? {}
    : Object.fromEntries(fields.map((field) => [field.flag, raw[keyOf(field.flag)] as Scalar | undefined]));

/** Reads a command line without doing anything: commander knows the words, the catalogue knows what they mean. */
export const parse = (argv: readonly string[], env: Env, columns: number): Parsed => {
  const [first, ...rest] = argv;
  if (first === undefined) return { kind: 'help', text: programHelp(columns) };
  if (first === 'version' && rest.length === 0) return { kind: 'version' };
  if (first === 'help') {
    const words = rest.filter((word) => !word.startsWith('-'));
    const { command, group } = place(words);
    const known = words.length === 0 || command !== undefined || group !== '';
    return parse(known ? [...words, '--help'] : words, env, columns);
  }
  const outcome: { parsed?: Parsed } = {};
  const bare = (name: string, help: () => string): Parser => {
    const parser = new Parser(name).exitOverride().allowExcessArguments(false).showSuggestionAfterError(false);
    parser.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    parser.helpInformation = () => {
      outcome.parsed = { kind: 'help', text: help() };
      return '';
    };
    return parser;
  };

  const root = bare(program, () => programHelp(columns)).version('', '--version');
  addOptions(root, globalOptions);
  const parents = new Map<string, Parser>();
  for (const command of catalogue) {
    const words = command.name.split(' ');
    const last = words.at(-1) ?? command.name;
    const [group = ''] = words.length > 1 ? words : [];
    const parent =
      group === ''
        ? root
        : (parents.get(group) ?? root.addCommand(bare(group, () => groupHelp(group, columns))).commands.at(-1) ?? root);
    if (group !== '') parents.set(group, parent);
    const parser = bare(last, () => commandHelp(command, columns));
    for (const alias of command.aliases ?? []) parser.alias(alias);
    addOptions(parser, command.options);
    if (command.config !== 'none') addFields(parser);
    parser.action(() => {
      const raw = parser.optsWithGlobals<Raw>();
      outcome.parsed = {
        kind: 'run',
        command,
        globals: { ...readOptions(globalOptions, raw, env), given: readFlags(command, raw) },
        options: readOptions(command.options, raw, env),
        flags: readFlags(command, raw),
      };
    });
    parent.addCommand(parser);
  }

  try {
    root.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.version') return { kind: 'version' };
    if (outcome.parsed?.kind === 'help' && error.code === 'commander.helpDisplayed') return outcome.parsed;
    return { kind: 'wrong', problem: parserProblem(error.code, error.message, place(argv)) };
  }
  return outcome.parsed ?? { kind: 'help', text: programHelp(columns) };
};

/** Which command or group a refused line was about: its leading words. */
const place = (
  argv: readonly string[],
): { readonly command: Command | undefined; readonly group: string; readonly extra: readonly string[] } => {
  const words = argv.filter((word) => !word.startsWith('-'));
  const [first = '', second = ''] = words;
  const command = catalogue.find(
    ({ name, aliases }) => name === `${first} ${second}` || name === first || aliases?.includes(first) === true,
  );
  const depth = command === undefined ? 1 : command.name.split(' ').length;
  return { command, group: first in groups ? first : '', extra: words.slice(depth) };
};
