import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from './harness.ts';

// What is wrong whatever cloud is meant: told before a sandbox is started and before anybody signs in.

const must = ['--subscription', '22222222-2222-4222-8222-222222222222', '--location', 'uksouth'];

const commands = [
  ['init', '--sandbox', '--yes'],
  ['plan', '--sandbox'],
  // Without a credential the sign-in would end with 3.
  ['init', ...must, '--yes'],
  ['plan', ...must],
];

const files: Readonly<Record<string, string>> = {
  'list.yaml': '- a\n',
  'broken.yaml': 'a: 1\nb: [\n',
  'alias.yaml': 'a: *nowhere\n',
};

const folder = (): string => {
  const cwd = mkdtempSync(join(tmpdir(), 'cli-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  mkdirSync(join(cwd, 'folder'));
  return cwd;
};

const refused = async (argv: readonly string[], cwd = folder(), env = {}): Promise<string> => {
  const before = readdirSync(cwd);
  const { exitCode, stdout, stderr } = await run([...argv, '--sandbox-dir', join(cwd, 'box')], { cwd, env });
  expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' });
  expect(existsSync(join(cwd, 'box'))).toBe(false);
  expect(readdirSync(cwd)).toEqual(before);
  return stderr.replaceAll(/\s+/gu, ' ');
};

test.each(
  commands.flatMap((command) =>
    [
      ['none.yaml', 'does not exist. Do: Give the path of a YAML file'],
      ['folder', 'is a folder, not a file.'],
      ['list.yaml', 'must be a mapping of keys to values'],
      ['broken.yaml', 'is no valid YAML in line 3.'],
      ['alias.yaml', 'is no valid YAML: an alias in it leads nowhere'],
    ].map(([file = '', words = '']) => [command, file, words] as const),
  ),
)('%j refuses the values file %s', async (command, file, words) => {
  for (const flag of ['--cilium-values', '--tetragon-values']) {
    const said = (await refused([...command, flag, file])).replaceAll(' ', '');
    expect(said).toContain(`/${file} of ${flag} ${words}`.replaceAll(' ', ''));
  }
});

test('one that the config file names is looked for beside that file, and told as such', async () => {
  const cwd = folder();
  mkdirSync(join(cwd, 'conf'));
  writeFileSync(join(cwd, 'conf', 'prod.yaml'), 'tetragon:\n  values: none.yaml\n');
  const said = await refused(['init', '--sandbox', '--yes', '--config', 'conf/prod.yaml'], cwd);
  expect(said.replaceAll(' ', '')).toContain('conf/none.yamloftetragon.valuesinprod.yamldoesnotexist');
});

test('one that a variable names is told by the variable', async () => {
  const said = await refused(['plan', '--sandbox'], folder(), { AKS_EBPF_SENTINEL_CILIUM_VALUES: 'none.yaml' });
  expect(said).toContain('of AKS_EBPF_SENTINEL_CILIUM_VALUES does not exist');
});

test.each([
  [['--retention-days', '5'], '--retention-days is "5"'],
  [['--pod-cidr', '10.0.0.0/16', '--service-cidr', '10.0.0.0/20', '--dns-service-ip', '10.0.0.10'], 'overlap'],
])('%j starts no sandbox', async (flags, words) => {
  for (const command of ['init', 'plan', 'status', 'down'])
    expect(await refused([command, '--sandbox', ...flags])).toContain(words);
});

test('`config show` shows a values file that is not there yet, with its whole path', async () => {
  const { exitCode, stdout, cwd } = await run([
    'config',
    'show',
    ...must,
    '--cilium-values',
    'later.yaml',
    '-o',
    'json',
  ]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ config: { cilium: { values: join(cwd, 'later.yaml') } } });
});
