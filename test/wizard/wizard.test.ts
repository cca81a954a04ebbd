import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { fields } from '../../src/config/fields.ts';
import { packageRoot, run } from '../cli/harness.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const bin = join(packageRoot, 'bin', 'aks-ebpf-sentinel.js');
const open: Terminal[] = [];
afterEach(() => {
  for (const terminal of open.splice(0)) terminal.kill();
});

const folder = (): string => mkdtempSync(join(tmpdir(), 'wizard-'));

const wizard = (cwd: string, argv: readonly string[] = [], columns = 80): Terminal => {
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd, LANG: 'C.UTF-8' };
  const terminal = openTerminal({ command: [process.execPath, bin, 'init', ...argv], cwd, env, columns });
  open.push(terminal);
  return terminal;
};

const enter = '\r';
const asked = fields.filter((field) => field.question !== undefined);
const must: Readonly<Record<string, string>> = {
  subscription: '22222222-2222-4222-8222-222222222222',
  location: 'northeurope',
};

const answerAll = async (terminal: Terminal, answers: Readonly<Record<string, string>>): Promise<void> => {
  for (const field of asked) {
    await terminal.shows(field.question?.text ?? '');
    const given = answers[field.flag] ?? '';
    terminal.type(`${given}${enter}`);
  }
};

const configOf = async (cwd: string, argv: readonly string[]): Promise<Config> => {
  const { stdout } = await run(['config', 'show', '-o', 'json', ...argv], { cwd });
  return (JSON.parse(stdout) as { readonly config: Config }).config;
};

const keysOf = (field: (typeof asked)[number]): string =>
  field.kind === 'switch' ? (field.example === true ? 'y' : 'n') : String(field.example);

const flagsOf = (field: (typeof asked)[number]): readonly string[] =>
  field.kind === 'switch'
    ? [`--${field.example === true ? '' : 'no-'}${field.flag}`]
    : [`--${field.flag}`, String(field.example)];

test('every answer ends in the same config as its flag', async () => {
  const cwd = folder();
  const terminal = wizard(cwd);
  for (const field of asked) {
    await terminal.shows(field.question?.text ?? '');
    terminal.type(`${keysOf(field)}${enter}`);
  }
  await terminal.shows('Begin?');
  terminal.type(`n${enter}`);
  await expect(terminal.ended).resolves.toBe(130);
  const fromFile = await configOf(cwd, []);
  const fromFlags = await configOf(folder(), asked.flatMap(flagsOf));
  expect(fromFile).toEqual(fromFlags);
});

test('Enter all the way gives a good cluster, in at most eight questions', async () => {
  const cwd = folder();
  const terminal = wizard(cwd);
  await answerAll(terminal, must);
  await terminal.shows('Begin?');
  const seen = terminal.text();
  expect(asked.length + 1).toBeLessThanOrEqual(8);
  expect(seen).toContain('This will be made:');
  expect(seen).toContain('2 × Standard_D4s_v5 for the system, 2 × Standard_D4s_v5 for');
  expect(seen).toContain('cost money');
  expect(seen).toContain('Your answers are in aks-ebpf-sentinel.yaml.');
  expect(seen).toContain('aks-ebpf-sentinel init --yes');
  terminal.type(`n${enter}`);
  await expect(terminal.ended).resolves.toBe(130);
  await terminal.shows('Nothing was created. Your answers are kept in aks-ebpf-sentinel.yaml.');
  expect(await configOf(cwd, [])).toEqual(
    await configOf(folder(), ['--subscription', String(must['subscription']), '--location', String(must['location'])]),
  );
});

test('the file that it writes completes itself in an editor', async () => {
  const cwd = folder();
  const terminal = wizard(cwd);
  await answerAll(terminal, must);
  await terminal.shows('Begin?');
  const [modeline = ''] = readFileSync(join(cwd, 'aks-ebpf-sentinel.yaml'), 'utf8').split('\n');
  const schema = /^# yaml-language-server: \$schema=(.+)$/u.exec(modeline)?.[1] ?? '';
  expect(JSON.parse(readFileSync(join(cwd, schema), 'utf8'))).toMatchObject({ title: 'aks-ebpf-sentinel.yaml' });
  terminal.type('\u0003');
  await expect(terminal.ended).resolves.toBe(130);
});

test('asks only for what nobody has said', async () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'aks-ebpf-sentinel.yaml'), `subscription: ${String(must['subscription'])}\n`);
  const terminal = wizard(cwd, ['--name', 'prod', '--nodes', '3', '--no-demo']);
  await terminal.shows('Which Azure region?');
  const said = asked.filter(({ flag }) => ['subscription', 'name', 'nodes', 'demo'].includes(flag));
  expect(said).toHaveLength(4);
  for (const field of said) expect(terminal.text()).not.toContain(field.question?.text);
  terminal.type('\u0003');
  await terminal.ended;
});

test('a wrong answer is told at once, in the words of the flag', async () => {
  const terminal = wizard(folder(), ['--name', 'prod', '--subscription', String(must['subscription'])]);
  await terminal.shows('Which Azure region?');
  terminal.type(`UK South${enter}`);
  await terminal.shows('It must be the short name of a region');
  terminal.type(`${'\u007F'.repeat(8)}${enter}`);
  await terminal.shows('Please give the short name of a region');
  terminal.type(`uksouth${enter}`);
  await terminal.shows('How many nodes');
  terminal.type('\u0003');
  await expect(terminal.ended).resolves.toBe(130);
});

test('Ctrl-C at a question ends with 130 and one line, and nothing is left behind', async () => {
  const cwd = folder();
  const terminal = wizard(cwd);
  await terminal.shows('What shall the deployment be called?');
  terminal.type('\u0003');
  await expect(terminal.ended).resolves.toBe(130);
  await terminal.shows('Interrupted; nothing was created.');
  expect(readdirSync(cwd)).toEqual([]);
});

test('with --yes nothing is asked even at a terminal: the missing flag is named', async () => {
  const cwd = folder();
  const terminal = wizard(cwd, ['--yes', '--subscription', String(must['subscription'])]);
  await expect(terminal.ended).resolves.toBe(2);
  await terminal.shows('--location is required where nobody can be asked');
  expect(existsSync(join(cwd, 'aks-ebpf-sentinel.yaml'))).toBe(false);
});

test('works at 40 columns', async () => {
  const terminal = wizard(folder(), [], 40);
  await answerAll(terminal, must);
  await terminal.shows('Begin?');
  terminal.type('\u0003');
  await expect(terminal.ended).resolves.toBe(130);
});
