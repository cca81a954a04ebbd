import { environmentName, type Field, type FieldGroup } from '../config/field.ts';
import { fields } from '../config/fields.ts';
import { exitCodes } from '../errors/exit-code.ts';
import { catalogue, groups } from './catalogue.ts';
import type { Command } from './command.ts';
import { globalOptions } from './globals.ts';
import { flagOf, type OptionSpec, type OptionSpecs } from './option.ts';
import { program } from './program.ts';
import { wrap } from '../render/wrap.ts';

type Row = readonly [left: string, right: string];

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `\n${title}\n${lines.join('\n')}\n`;

/** Two columns where there is room for two, else one below the other. */
const table = (rows: readonly Row[], columns: number): readonly string[] => {
  const width = Math.min(34, Math.max(0, ...rows.map(([left]) => left.length)) + 2);
  const narrow = columns - width - 2 < 30;
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, columns - (narrow ? 6 : width + 2));
    if (narrow || left.length + 2 > width) {
      const indent = ' '.repeat(narrow ? 6 : width + 2);
      return [`  ${left}`, ...lines.map((line) => `${indent}${line}`)];
    }
    return lines.map((line, index) => `  ${(index === 0 ? left : '').padEnd(width)}${line}`);
  });
};

const optionRow = (key: string, spec: OptionSpec): Row => {
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  const value = spec.type === 'switch' ? '' : ` ${spec.value ?? spec.choices?.join('|') ?? key.toUpperCase()}`;
  const choices = spec.choices !== undefined && spec.value !== undefined ? ` (${spec.choices.join(', ')})` : '';
  const fallback = spec.fallback === undefined ? '' : `; default: ${spec.fallback}`;
  return [`${short}--${flagOf(key)}${value}`, `${spec.help}${choices}${fallback}`];
};

const optionRows = (specs: OptionSpecs): readonly Row[] =>
  Object.entries(specs).map(([key, spec]) => optionRow(key, spec));

const fieldRow = (field: Field): Row => {
  const left =
    field.kind === 'switch'
      ? `--[no-]${field.flag}`
      : `--${field.flag} ${field.choices?.join('|') ?? (field.kind === 'integer' ? 'N' : 'VALUE')}`;
  const fallback = field.fallback === undefined ? '' : `; default: ${field.fallback.words}`;
  return [left, `${field.help}${field.required === true && field.fallback === undefined ? '; required' : fallback}`];
};

const groupTitles: Readonly<Record<FieldGroup, string>> = {
  deployment: 'Deployment',
  cluster: 'Cluster',
  network: 'Addresses',
  workspace: 'Workspace',
  charts: 'Charts',
  features: 'Features',
};

const fieldSections = (command: Command, columns: number): string => {
  if (command.config === 'none') return '';
  if (command.config === 'identity') {
    const shown = fields.filter((field) => field.identifies === true);
    return section(
      'Which deployment (every other flag of `init` is accepted, too)',
      table(shown.map(fieldRow), columns),
    );
  }
  return Object.entries(groupTitles)
    .map(([group, title]) =>
      section(title, table(fields.filter((field) => field.group === group).map(fieldRow), columns)),
    )
    .join('');
};

const sentence = (text: string): string => (/[.?!]$/u.test(text) ? text : `${text}.`);

const example = (text: string): string => `  $ ${program} ${text}`;

const footer = (columns: number): string =>
  `\n${wrap(
    `Every flag is also read from the environment: --retention-days as ${environmentName('retention-days')}. A flag wins over the environment, that over the config file.`,
    columns,
  ).join('\n')}\n`;

export const commandHelp = (command: Command, columns: number): string => {
  const aliases = command.aliases === undefined ? '' : ` (also: ${command.aliases.join(', ')})`;
  return [
    `${wrap(sentence(`${command.summary}${aliases}`), columns).join('\n')}\n`,
    ...(command.details === undefined ? [] : [`\n${wrap(command.details.join(' '), columns).join('\n')}\n`]),
    section('Examples', command.examples.map(example)),
    section('Usage', [`  ${program} ${command.name} [options]`]),
    section('Options', table(optionRows(command.options), columns)),
    fieldSections(command, columns),
    section('Everywhere', table([...optionRows(globalOptions), ['-h, --help', 'this help']], columns)),
    section(
      'Exit codes',
      table(
        exitCodes.map(({ code, means }): Row => [String(code), means]),
        columns,
      ),
    ),
    footer(columns),
  ].join('');
};

const commandRows = (commands: readonly Command[]): readonly Row[] =>
  commands.map(({ name, aliases, summary }) => [[name, ...(aliases ?? [])].join(', '), summary]);

export const programHelp = (columns: number): string =>
  [
    `${wrap('From an Azure subscription to an AKS cluster with Cilium, Tetragon and Microsoft Sentinel detections.', columns).join('\n')}\n`,
    section('Examples', [
      example('init'),
      example('init --sandbox        # no Azure account needed'),
      example('status'),
      example('down'),
    ]),
    section('Commands', table(commandRows(catalogue), columns)),
    section(
      'Everywhere',
      table(
        [...optionRows(globalOptions), ['-h, --help', 'help, also of one command'], ['--version', 'the version']],
        columns,
      ),
    ),
    section(
      'Exit codes',
      table(
        exitCodes.map(({ code, means }): Row => [String(code), means]),
        columns,
      ),
    ),
    footer(columns),
  ].join('');

export const groupHelp = (group: string, columns: number): string =>
  `${groups[group] ?? group}\n${section(
    'Commands',
    table(commandRows(catalogue.filter(({ name }) => name.startsWith(`${group} `))), columns),
  )}`;
