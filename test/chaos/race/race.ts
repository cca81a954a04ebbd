import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Cloud, type Ended, eventsOf, helm, startCloud } from '../../e2e/cloud.ts';
import { seeded } from '../kill/seeded.ts';
import { type Finding, judgeList, judgeRequests } from './judge.ts';

export interface Race {
  readonly runners: number;
  /** One state directory for all, as two terminals in one folder have it; else each is a machine of its own. */
  readonly shared: boolean;
}

export interface Raced {
  readonly race: Race;
  readonly killed: number;
  readonly findings: readonly Finding[];
}

/** Longer than a run in a sandbox takes on two busy cores: some are killed before their end, and some never. */
const longestLifeMs = 6000;
const longestDelayMs = 400;

const isDone = (ended: Ended): boolean =>
  ended.code === 0 && eventsOf(ended).at(-1)?.['outcome'] === 'done' && ended.stderr === '';

const wordsOf = (ended: Ended): string => {
  const failed = eventsOf(ended).filter(({ type }) => type === 'step.failed' || type === 'warning');
  const said = failed.length > 0 ? JSON.stringify(failed) : ended.stderr || ended.stdout.slice(-500);
  return `exit ${ended.code ?? ended.signal ?? '?'}: ${said.replaceAll(/\s+/gu, ' ')}`;
};

/** A survivor is through, or says who else is at work. */
const judgeSurvivor = (ended: Ended, { shared }: Race): readonly Finding[] => {
  if (isDone(ended)) return [];
  const says = /Another run (?:holds this deployment: process \d+ of \S+ on \S+, since |is just starting)/u;
  if (shared && ended.code === 7 && says.test(ended.stderr.replaceAll(/\s+/gu, ' '))) return [];
  return [{ count: 'resume-failed', what: `a survivor ended otherwise: ${wordsOf(ended)}` }];
};

/** Every revision once and in order, and one of them deployed. */
const judgeReleases = async (cloud: Cloud): Promise<readonly Finding[]> => {
  const kubeconfig = join(cloud.folder, 'race-kubeconfig');
  const written = await cloud.run(['kubeconfig', '--file', kubeconfig]);
  if (written.code !== 0) return [{ count: 'resume-failed', what: `no kubeconfig: ${wordsOf(written)}` }];
  const findings = await Promise.all(
    ['cilium', 'tetragon'].map(async (release): Promise<readonly Finding[]> => {
      const args = ['history', release, '--namespace', 'kube-system', '--kubeconfig', kubeconfig, '--output', 'json'];
      const { stdout } = await promisify(execFile)(helm, args, {
        env: { PATH: process.env['PATH'], HOME: cloud.folder },
      });
      const history = JSON.parse(stdout) as readonly { readonly revision: number; readonly status: string }[];
      const inOrder = history.every(({ revision }, index) => revision === (history[0]?.revision ?? 0) + index);
      const deployed = history.filter(({ status }) => status === 'deployed').length;
      return inOrder && deployed === 1
        ? []
        : [{ count: 'duplicate-creates', what: `history of ${release}: ${JSON.stringify(history)}` }];
    }),
  );
  rmSync(kubeconfig);
  return findings.flat();
};

/** So many runners at once on an empty cloud, half of them killed somewhere on their way; then one more run, and what is there then. */
export const race = async (cloud: Cloud, options: Race, random: () => number): Promise<Raced> => {
  await cloud.control('POST', '/reset');
  const folder = join(cloud.folder, 'race');
  rmSync(folder, { recursive: true, force: true });
  const before = (await cloud.requests()).length;
  const stateDirs = Array.from({ length: options.runners }, (_unused, index) =>
    join(folder, options.shared ? 'state' : `state-${index}`),
  );
  // Drawn before anything runs: the same seed draws the same moments.
  const plans = stateDirs.map((stateDir, index) => ({
    stateDir,
    delayMs: random() * longestDelayMs,
    lifeMs: index < options.runners / 2 ? 300 + random() * longestLifeMs : undefined,
  }));
  const ends = await Promise.all(
    plans.map(async ({ stateDir, delayMs, lifeMs }) => {
      await sleep(delayMs);
      const { child, ended } = cloud.start(['init', '--yes', '--output', 'ndjson'], { stateDir });
      if (lifeMs === undefined) return ended;
      await Promise.race([sleep(lifeMs), ended]);
      child.kill('SIGKILL');
      return ended;
    }),
  );
  const survivors = ends.filter(({ signal }) => signal !== 'SIGKILL');
  const last = await cloud.run(['init', '--yes', '--output', 'ndjson'], { stateDir: stateDirs[0] ?? folder });
  const requests = (await cloud.requests()).slice(before);
  const findings: readonly Finding[] = [
    ...survivors.flatMap((ended) => judgeSurvivor(ended, options)),
    ...(isDone(last) ? [] : [{ count: 'resume-failed' as const, what: `the last run: ${wordsOf(last)}` }]),
    ...judgeRequests(requests),
    ...judgeList(await cloud.resources()),
    ...(isDone(last) ? await judgeReleases(cloud) : []),
  ];
  return { race: options, killed: ends.length - survivors.length, findings };
};

/** Races one after the other in one sandbox. `speed` as for the sandbox. */
export const races = async (
  list: readonly Race[],
  { seed, speed = 300, say }: { readonly seed: number; readonly speed?: number; readonly say: (line: string) => void },
): Promise<readonly Raced[]> => {
  const random = seeded(seed);
  const cloud = await startCloud({ speed });
  const all: Raced[] = [];
  try {
    for (const one of list) {
      const raced = await race(cloud, one, random);
      all.push(raced);
      const where = one.shared ? 'in one state directory' : 'on machines of their own';
      say(
        `race seed=${seed}: ${one.runners} runners ${where}, ${raced.killed} killed, ${raced.findings.length} findings`,
      );
      for (const { count, what } of raced.findings) say(`  ${count}: ${what}`);
    }
  } finally {
    await cloud.close();
  }
  return all;
};
