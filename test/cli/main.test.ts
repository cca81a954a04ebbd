import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from '../../src/cli/catalogue.ts';
import { fields } from '../../src/config/fields.ts';
import { environmentName } from '../../src/config/field.ts';
import { flagOf } from '../../src/cli/option.ts';
import { globalOptions } from '../../src/cli/globals.ts';
import { run } from './harness.ts';

const must = ['--subscription', '22222222-2222-4222-8222-222222222222', '--location', 'uksouth'];

interface Shown {
  readonly config: { readonly name: string; readonly location: string; readonly cluster: { readonly name: string } };
  readonly sources: Readonly<Record<string, string>>;
}

const shown = (stdout: string): Shown => JSON.parse(stdout) as Shown;

test('--version prints the version and nothing else', async () => {
  await expect(run(['--version'])).resolves.toMatchObject({ exitCode: 0, stdout: '1.2.3\n', stderr: '' });
});

test('without a command it teaches', async () => {
  const { exitCode, stdout } = await run([]);
  expect(exitCode).toBe(0);
  for (const { name, summary } of catalogue) {
    expect(stdout).toContain(name);
    expect(stdout.replaceAll(/\s+/gu, ' ')).toContain(summary);
  }
});

test.each(catalogue.map(({ name }) => [name] as const))(
  '`%s --help` shows examples, every flag and the exit codes',
  async (name) => {
    const command = catalogue.find((candidate) => candidate.name === name);
    const { exitCode, stdout, stderr } = await run([...name.split(' '), '--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.indexOf('Examples')).toBeGreaterThan(0);
    expect(stdout.indexOf('Examples')).toBeLessThan(stdout.indexOf('Everywhere'));
    for (const key of [...Object.keys(command?.options ?? {}), ...Object.keys(globalOptions)]) {
      expect(stdout).toContain(`--${flagOf(key)}`);
    }
    const expected = fields.filter((field) =>
      command?.config === 'all' ? true : command?.config === 'identity' && field.identifies === true,
    );
    for (const field of expected)
      expect(stdout).toContain(field.kind === 'switch' ? `--[no-]${field.flag}` : `--${field.flag} `);
    expect(stdout).toContain('130  interrupted');
  },
);

test.each(catalogue.flatMap(({ name }) => [40, 80].map((columns) => [name, columns] as const)))(
  '`%s --help` fits %i columns but for what is copied',
  async (name, columns) => {
    const { stdout } = await run([...name.split(' '), '--help'], { stdout: { write: () => true, columns } });
    const wide = stdout.split('\n').filter((line) => line.length > columns && !/^ {2}(\$|aks-|-)|AKS_EBPF/u.test(line));
    expect(wide).toEqual([]);
  },
);

test('no two flags of a command share a name or a variable', () => {
  for (const { name, options, config } of catalogue) {
    const flags = [
      ...Object.keys(globalOptions).map(flagOf),
      ...Object.keys(options).map(flagOf),
      ...(config === 'none' ? [] : fields.map((field) => field.flag)),
    ];
    expect(new Set(flags).size, name).toBe(flags.length);
    expect(new Set(flags.map(environmentName)).size, name).toBe(flags.length);
  }
});

test.each([
  [['statsu'], 'statsu is not a command; did you mean `status`?'],
  [['cilium', 'statu'], 'cilium statu is not a command; did you mean `cilium status`?'],
  [['cilium'], 'cilium needs the name of a command: status.'],
  [['init', '--locaton', 'x'], '--locaton is not a flag of `init`; did you mean --location?'],
  [['--sandbx', 'status'], '--sandbx is not a flag of `status`; did you mean --sandbox?'],
  [['init', '--location'], '--location needs a value.'],
  [['init', 'uksouth'], 'uksouth is too much: `init` takes flags only.'],
  [['init', '-o', 'xml'], '--output is "xml", but it must be one of text, json, ndjson.'],
  [['status', '--wait', 'soon'], '--wait is "soon", but it must be a duration such as 45s, 10m or 1h30m.'],
  [['plan', '--cloud', 'mars'], '--cloud is "mars", but it must be one of public, usgovernment, china.'],
  [['plan', '--sandbox', '--cloud', 'china'], '--sandbox and --cloud name different clouds; give one of them.'],
  [['plan', '--profile', 'none.json'], 'none.json cannot be read'],
  [['plan', '--config', 'none.yaml'], 'none.yaml does not exist.'],
  [['init', '--config', 'none.yaml', '--yes'], 'none.yaml does not exist.'],
  [['init'], '--subscription and --location are required where nobody can be asked'],
  [['init', '--yes', '--location', 'uksouth'], '--subscription is required where nobody can be asked'],
  [['init', ...must, '--retention-days', '5'], '--retention-days is "5", but it must be a whole number from 30 to 730'],
])('%j exits 2 with one sentence and leaves nothing behind', async (argv, sentence) => {
  const { exitCode, stdout, stderr, cwd } = await run(argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr.replaceAll(/\s+/gu, ' ')).toContain(sentence.replaceAll(/\s+/gu, ' '));
  expect(readdirSync(cwd)).toEqual([]);
});

test('with -o json an error is a document on stdout', async () => {
  const { exitCode, stdout } = await run(['plan', '-o', 'json']);
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    exitCode: 2,
    errors: [{ kind: 'usage', code: 'missing-answer' }],
  });
});

test('even a line that cannot be read is answered in the format that it asks for', async () => {
  const { stdout } = await run(['plan', '--nonsense', '--output=json']);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 2 });
});

test('with -o ndjson the stream ends with run.ended, whatever happened', async () => {
  const { exitCode, stdout, cwd } = await run(['init', '-o', 'ndjson']);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events).toMatchObject([
    { v: 1, seq: 1, type: 'warning', code: 'missing-answer' },
    { v: 1, seq: 2, type: 'run.ended', outcome: 'failed', exitCode: 2 },
  ]);
  expect(exitCode).toBe(2);
  expect(readdirSync(cwd)).toEqual([]);
});

test('flags are read before and after the name of the command, and from the environment', async () => {
  for (const argv of [
    ['-o', 'json', 'config', 'show', ...must],
    ['config', 'show', ...must, '-o', 'json'],
    ['config', '-ojson', 'show', ...must],
  ]) {
    expect(shown((await run(argv)).stdout).config.location).toBe('uksouth');
  }
  const env = { AKS_EBPF_SENTINEL_OUTPUT: 'json', AKS_EBPF_SENTINEL_NAME: 'prod' };
  expect(shown((await run(['config', 'show', ...must], { env })).stdout)).toMatchObject({
    config: { name: 'prod', cluster: { name: 'aks-prod' } },
    sources: { name: 'environment', location: 'flag', 'cluster.name': 'default' },
  });
});

test('a wrong variable is named as such', async () => {
  const { stderr } = await run(['plan'], { env: { AKS_EBPF_SENTINEL_OUTPUT: 'xml' } });
  expect(stderr).toContain('AKS_EBPF_SENTINEL_OUTPUT is "xml"');
});

test('--no- turns a switch off', async () => {
  const { stdout } = await run(['config', 'show', ...must, '--no-detections', '--demo', '-o', 'json']);
  expect(JSON.parse(stdout)).toMatchObject({ config: { detections: { enabled: false }, demo: { enabled: true } } });
});

test('the config file beside us is read, another one by --config', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'cli-'));
  writeFileSync(join(cwd, 'aks-ebpf-sentinel.yaml'), 'name: beside\n');
  writeFileSync(join(cwd, 'prod.yaml'), 'name: prod\n');
  const named = async (...argv: readonly string[]): Promise<string> =>
    shown((await run(['config', 'show', ...must, ...argv, '-o', 'json'], { cwd })).stdout).config.name;
  await expect(named()).resolves.toBe('beside');
  await expect(named('--config', 'prod.yaml')).resolves.toBe('prod');
  await expect(named('--config', 'prod.yaml', '--name', 'flag')).resolves.toBe('flag');
});

test('`config schema` prints the schema of the config file', async () => {
  const { configSchema } = await import('../../src/config/schema.ts');
  const { stdout, exitCode } = await run(['config', 'schema']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(configSchema())));
});

test('up and resume are init', async () => {
  const [init, up, resume] = await Promise.all([
    run(['init', '--help']),
    run(['up', '--help']),
    run(['resume', '--help']),
  ]);
  expect(up.stdout).toBe(init.stdout);
  expect(resume.stdout).toBe(init.stdout);
});
