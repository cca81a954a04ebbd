import { fields } from '../config/fields.ts';
import { closest } from '../config/suggest.ts';
import type { Problem } from '../errors/problem.ts';
import { catalogue, groups } from './catalogue.ts';
import type { Command } from './command.ts';
import { globalOptions } from './globals.ts';
import { flagOf } from './option.ts';
import { program } from './program.ts';
import { usage } from './usage.ts';

const flagsOf = (command: Command | undefined): readonly string[] => [
  ...Object.keys(globalOptions).map(flagOf),
  ...(command === undefined ? [] : Object.keys(command.options).map(flagOf)),
  ...(command === undefined || command.config === 'none' ? [] : fields.map((field) => field.flag)),
  'help',
];

const quoted = (message: string): string => /'([^']*)'/u.exec(message)?.[1] ?? '';

const where = (command: Command | undefined): string =>
  `See \`${program} ${command === undefined ? '' : `${command.name} `}--help\`.`;

const unknownOption = (written: string, command: Command | undefined): Problem => {
  const name = written.replace(/^-+/u, '').split('=')[0] ?? '';
  const near = closest(name, flagsOf(command));
  if (near === name && written.includes('='))
    return usage(`--${name} takes no value; --no-${name} says the opposite.`, where(command));
  const place = command === undefined ? program : `\`${command.name}\``;
  return usage(
    `${written} is not a flag of ${place}${near === undefined ? '.' : `; did you mean --${near}?`}`,
    where(command),
  );
};

const namesIn = (group: string): readonly string[] => {
  const prefix = group === '' ? '' : `${group} `;
  return catalogue
    .flatMap(({ name, aliases }) => [name, ...(aliases ?? [])])
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
};

const unknownCommand = (written: string, group: string): Problem => {
  const prefix = group === '' ? '' : `${group} `;
  const names = namesIn(group);
  const near = closest(written, group === '' ? [...names, ...Object.keys(groups)] : names);
  return usage(
    `${prefix}${written} is not a command${near === undefined ? '.' : `; did you mean \`${prefix}${near}\`?`}`,
    `See \`${program} ${prefix}--help\` for all of them.`,
  );
};

/** Says in one sentence of ours what the parser has against a command line. */
export const parserProblem = (
  code: string,
  message: string,
  place: { readonly command: Command | undefined; readonly group: string; readonly extra: readonly string[] },
): Problem => {
  const { command, group, extra } = place;
  switch (code) {
    case 'commander.unknownOption':
      return unknownOption(quoted(message), command);
    case 'commander.unknownCommand':
      return unknownCommand(quoted(message), group);
    case 'commander.optionMissingArgument':
      return usage(
        `${
          quoted(message)
            .replace(/^-\w, /u, '')
            .split(' ')[0] ?? ''
        } needs a value.`,
        where(command),
      );
    case 'commander.excessArguments':
      return usage(`${extra.join(' ')} is too much: \`${command?.name ?? program}\` takes flags only.`, where(command));
    case 'commander.help':
      return usage(
        `${group} needs the name of a command: ${namesIn(group).join(', ')}.`,
        `See \`${program} ${group} --help\`.`,
      );
    default:
      return usage(message.replace(/^error: /u, ''), where(command));
  }
};
