import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Judge, Lie } from './lie.ts';
import { root } from './planted.ts';

/** What a judge found. */
export interface Verdict {
  readonly passed: boolean;
  /** How many tests ran. */
  readonly ran: number;
  /** What it printed of failures; empty where it passed. */
  readonly says: string;
}

export interface Case {
  readonly judge: Judge;
  readonly files: readonly string[];
  /** Names of tests; none is all. */
  readonly test?: string | undefined;
  readonly scripts: readonly string[];
}

export const caseOf = ({ caughtBy: { judge, file, test, scripts = [] } }: Lie): Case => ({
  judge,
  files: [file],
  test,
  scripts,
});

interface Report {
  readonly success: boolean;
  readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string }[] }[];
}

const colours = new RegExp(String.raw`\u001B\[[0-9;]*m`, 'gu');
/** A line of source that the reporter shows around a failure: what a test expects is no sign of what it got. */
const source = /^\s*(?:\d+\s*)?\|.*$/gmu;

const verdictOf = (report: Report, printed: string): Verdict => {
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    passed: report.success,
    ran: tests.filter(({ status }) => status === 'passed' || status === 'failed').length,
    says: report.success ? '' : printed.replaceAll(colours, '').replaceAll(source, ''),
  };
};

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);

/** Runs a judge on a tree, in a process of its own. `kubeconfig` is of the real control plane that the differential test asks. */
export const judged = async (folder: string, each: Case, kubeconfig: string | undefined): Promise<Verdict> => {
  const out = join(folder, `verdict-${each.judge}.json`);
  rmSync(out, { force: true });
  // A busy machine is no lie.
  const patience = ['--hookTimeout=900000', '--testTimeout=900000'];
  const args = ['run', '--config', `vitest.${each.judge}.config.ts`, ...patience, ...each.files];
  const named = each.test === undefined ? [] : ['-t', escaped(each.test)];
  const child = spawn(
    process.execPath,
    [
      join('node_modules', 'vitest', 'vitest.mjs'),
      ...args,
      ...named,
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${out}`,
    ],
    {
      cwd: folder,
      env: {
        ...outerEnv(process.env),
        // Beside the checkout, not beside its copy.
        AKS_EBPF_SENTINEL_SHARED: process.env['AKS_EBPF_SENTINEL_SHARED'] ?? join(root, '..', 'shared'),
        DIFFERENTIAL_ONLY: each.scripts.join(','),
        ...(kubeconfig === undefined ? {} : { DIFFERENTIAL_KUBECONFIG: kubeconfig }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += String(chunk)));
  await new Promise((done) => child.on('close', done));
  if (!existsSync(out)) throw new Error(`${args.join(' ')} made no report:\n${printed.slice(-2000)}`);
  const verdict = verdictOf(JSON.parse(readFileSync(out, 'utf8')) as Report, printed);
  // Nothing was asked: neither a test of that name nor what comes before it.
  if (verdict.passed && verdict.ran === 0) throw new Error(`${each.files.join(' ')} has no test “${each.test ?? ''}”.`);
  return verdict;
};

/** A vitest inside a vitest must not take itself for a worker of the outer one, and what it skips was said by the suites themselves. */
const outerEnv = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:VITEST.*|JEST_WORKER.*|TEST|NODE_ENV|SKIPPED_SUITES)$/u.test(name)),
  );
