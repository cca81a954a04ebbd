import { mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logFile, type LogFile } from '../../src/cli/log-file.ts';
import { openSession } from '../../src/cli/session.ts';
import { processIo } from '../../src/cli/process-io.ts';
import { globalOptions } from '../../src/cli/globals.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'log-'));
const open = (dir: string): LogFile => logFile(dir, new Date('2026-11-23T10:04:05.000Z'), 7);

test('is for its owner alone, and made with its first line', () => {
  const dir = folder();
  const log = open(dir);
  expect(log.exists()).toBe(false);
  expect(readdirSync(dir)).toEqual([]);
  log.write('one');
  log.write('two');
  expect(log.path).toBe(join(dir, 'logs', '2026-11-23T10-04-05-7.log'));
  expect(readFileSync(log.path, 'utf8')).toBe('one\ntwo\n');
  expect(statSync(log.path).mode & 0o777).toBe(0o600);
  expect(statSync(join(dir, 'logs')).mode & 0o777).toBe(0o700);
});

test('a run that was refused leaves none', () => {
  const dir = folder();
  const log = open(dir);
  log.refuse();
  log.write('one');
  expect(readdirSync(dir)).toEqual([]);
});

test('a disk that refuses does not stop the run, and no path is shown for a log that is not there', () => {
  const dir = folder();
  writeFileSync(join(dir, 'logs'), 'a file where the folder should be');
  const log = open(dir);
  log.write('one');
  expect(log.exists()).toBe(false);
});

test('events reach the log without their secrets, in every output format', () => {
  for (const output of globalOptions.output.choices) {
    const dir = folder();
    const written: string[] = [];
    const io = {
      ...processIo(process, new AbortController().signal, dir, '0.1.0'),
      stdout: { write: (text: string) => written.push(text) },
      stderr: { write: (text: string) => written.push(text) },
    };
    const places = { configFile: join(dir, 'a.yaml'), stateDir: dir, sandboxDir: dir };
    const none = Object.fromEntries(Object.keys(globalOptions).map((key) => [key, undefined])) as never;
    const session = openSession({ ...(none as object), output } as never, io, places, true);
    session.redactor.add('hunter22');
    session.emit({ type: 'warning', code: 'w', message: 'the password is hunter22' });
    session.view.close();
    const log = readFileSync(session.log.path, 'utf8');
    expect(log).toContain('"message":"the password is [redacted]"');
    expect(`${log}${written.join('')}`).not.toContain('hunter22');
  }
});
