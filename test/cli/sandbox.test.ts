import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseCloudProfile } from '../../src/config/read-profile.ts';
import { readFileSync } from 'node:fs';
import { systemClock } from '../../src/engine/clock.ts';
import { run, type Ran } from './harness.ts';

const cwd = mkdtempSync(join(tmpdir(), 'cli-sandbox-'));
const box = join(cwd, 'box');

const sandbox = (...argv: readonly string[]): Promise<Ran> =>
  run(['sandbox', ...argv, '--sandbox-dir', box], {
    cwd,
    clock: systemClock,
    env: { PATH: process.env['PATH'], HOME: cwd, AKS_EBPF_SENTINEL_OUTPUT: 'json' },
  });

const answer = ({ stdout }: Ran): Readonly<Record<string, unknown>> =>
  JSON.parse(stdout) as Readonly<Record<string, unknown>>;

afterAll(() => sandbox('stop'));

test('start, start again, status, reset, stop', { timeout: 60_000 }, async () => {
  expect(await sandbox('status')).toMatchObject({ exitCode: 1 });
  const first = await sandbox('start');
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  // The secrets were asked for by name, so they are shown as they are.
  for (const key of [
    'arm',
    'authority',
    'logs',
    'control',
    'controlToken',
    'caFile',
    'tenantId',
    'clientId',
    'clientSecret',
    'subscriptionId',
  ]) {
    expect(answer(first)[key], key).toMatch(/^[^[]+$/u);
  }
  expect(answer(await sandbox('start'))).toEqual(answer(first));
  expect(answer(await sandbox('status'))).toMatchObject({ running: true, pid: answer(first)['pid'] });
  expect(statSync(join(box, 'profile.json')).mode & 0o777).toBe(0o600);
  expect(parseCloudProfile(readFileSync(join(box, 'profile.json'), 'utf8'), 'profile.json')).toMatchObject({
    armEndpoint: answer(first)['arm'],
    privateAuthority: true,
  });
  expect(await sandbox('reset')).toMatchObject({ exitCode: 0 });
  expect(answer(await sandbox('stop'))).toMatchObject({ stopped: true });
  expect(answer(await sandbox('stop'))).toMatchObject({ stopped: false });
  expect(await sandbox('reset')).toMatchObject({ exitCode: 1 });
});

test('a fault that nobody knows is refused before anything starts', async () => {
  const ran = await run(['sandbox', 'start', '--fault', 'quota-exceded', '--sandbox-dir', join(cwd, 'other')], { cwd });
  expect(ran.exitCode).toBe(2);
  expect(ran.stderr).toMatch(/Did you mean\s+quota-exceeded\?/u);
});
