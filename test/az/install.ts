import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { skipped } from '../support/skipped.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder that holds the real `az`; undefined where it cannot be had. */
    azureCli: string | undefined;
  }
}

/** Whose commands the suite was written against; a newer one is taken by changing this. */
const version = '2.91.0';
const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const folder = join(cache, 'aks-ebpf-sentinel', `azure-cli-${version}`);
// Written last: without it the folder is what an interrupted installation left.
const mark = join(folder, 'installed');

/** What a command said last where it failed; undefined where it did well. */
const failureOf = (command: string, args: readonly string[]): Promise<string | undefined> =>
  new Promise((done) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    child.on('error', (error) => done(error.message));
    child.on('close', (code) => done(code === 0 ? undefined : (said.trim().split('\n').at(-1) ?? `exit code ${code}`)));
  });

/** The Azure CLI in a virtual environment in the user's cache, about 730 MB, installed once. Says why where it cannot be. */
const install = async (): Promise<string | undefined> => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  process.stderr.write(`Installing azure-cli ${version} into ${folder}: once, a minute or two.\n`);
  const environment = await failureOf('python3', ['-m', 'venv', folder]);
  if (environment !== undefined) return `python3 makes no virtual environment: ${environment}`;
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `azure-cli==${version}`];
  const packages = await failureOf(join(folder, 'bin', 'python'), pip);
  if (packages !== undefined) return `pip does not install azure-cli ${version}: ${packages}`;
  writeFileSync(mark, '');
  return undefined;
};

export async function setup(project: TestProject): Promise<void> {
  const why = existsSync(mark) ? undefined : await install();
  if (why !== undefined) skipped('python', why);
  project.provide('azureCli', why === undefined ? join(folder, 'bin') : undefined);
}
