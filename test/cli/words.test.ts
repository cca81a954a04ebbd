import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from '../../src/cli/parse.ts';
import { calledBy } from '../../src/cli/program.ts';
import { packageRoot, run } from './harness.ts';

test('`help` and `help COMMAND` say what --help says, `version` what --version says', async () => {
  expect((await run(['help'])).stdout).toBe((await run(['--help'])).stdout);
  expect((await run(['help', 'sandbox', 'start'])).stdout).toBe((await run(['sandbox', 'start', '--help'])).stdout);
  expect(await run(['help', 'statsu'])).toMatchObject({ exitCode: 2 });
  expect(await run(['version'])).toMatchObject({ exitCode: 0, stdout: '1.2.3\n' });
});

test('a speed of nothing is refused: the sandbox would wait for ever', async () => {
  const ran = await run(['plan', '--sandbox', '--speed', '0']);
  expect(ran).toMatchObject({ exitCode: 2 });
  expect(ran.stderr).toContain('--speed is "0", but it must be a number above 0.');
});

test('a list is written with commas or by repeating its flag', () => {
  const parsed = parse(['sandbox', 'start', '--fault', 'stall,throttled', '--fault', 'quota-exceeded'], {}, 80);
  expect(parsed).toMatchObject({ options: { fault: ['stall', 'throttled', 'quota-exceeded'] } });
});

test('a value for a switch is named as that', async () => {
  expect((await run(['init', '--yes=maybe'])).stderr).toContain('--yes takes no value; --no-yes says the opposite.');
});

test('charts and ports that cannot be are refused before a sandbox starts', async () => {
  for (const command of ['start', 'serve']) {
    const ran = await run(['sandbox', command, '--port', '70000']);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('--port is 70000, but it must be from 1 to 65532');
    const missing = await run(['sandbox', command, '--charts', join(packageRoot, 'no-such-folder')]);
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain('does not exist; give a folder');
  }
});

test('whoever came by npx is told commands that work', () => {
  expect(calledBy({ npm_command: 'exec' })).toBe('npx aks-ebpf-sentinel');
  expect(calledBy({ npm_command: 'run-script' })).toBe('aks-ebpf-sentinel');
  expect(calledBy({})).toBe('aks-ebpf-sentinel');
});
