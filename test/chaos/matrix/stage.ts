import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { main } from '../../../src/cli/main.ts';
import type { RunEvent } from '../../../src/engine/events.ts';
import { cleanEnv, type Ended, root, spawnBin } from '../../e2e/cloud.ts';
import { type LoggedRequest, type SandboxControl, sandboxControl } from '../../support/sandbox-control.ts';
import type { Published } from '../../../src/sandbox/published.ts';
import { type ShortTime, shortTime } from './short-time.ts';

export interface Ran {
  readonly exitCode: number;
  readonly stderr: string;
  readonly events: readonly RunEvent[];
  /** What the sandbox was asked meanwhile. */
  readonly requests: readonly LoggedRequest[];
}

export interface Watching {
  readonly onEvent?: (event: RunEvent) => void;
  /** Ends the run as Ctrl-C does, and waits no longer than a person would. */
  readonly signal?: AbortSignal;
  readonly args?: readonly string[];
}

/** A sandbox in a process of its own, and the product's real main in this one, in shortened time. */
export interface Stage extends SandboxControl {
  readonly time: ShortTime;
  readonly stateDir: string;
  /** `init` with the answers of the defaults, from the folder and the journal that the one before left. */
  init(watching?: Watching): Promise<Ran>;
  /** Everything forgotten, the folder of the run included. */
  anew(): Promise<void>;
  close(): Promise<void>;
}

const speed = 3000;

const started = async (folder: string, env: Readonly<Record<string, string | undefined>>): Promise<Published> => {
  const args = ['sandbox', 'start', '--sandbox-dir', join(folder, 'sandbox'), '--speed', String(speed), '-o', 'json'];
  const ended: Ended = await spawnBin(args, env, folder).ended;
  if (ended.code !== 0) throw new Error(`sandbox start: ${ended.code ?? '?'} ${ended.stderr}`);
  return JSON.parse(ended.stdout) as Published;
};

export const openStage = async (): Promise<Stage> => {
  const folder = mkdtempSync(join(tmpdir(), 'aks-ebpf-sentinel-matrix-'));
  const env = cleanEnv(folder);
  const published = await started(folder, env);
  const control = sandboxControl(published);
  const work = join(folder, 'work');
  const stateDir = join(work, '.aks-ebpf-sentinel');
  mkdirSync(work);
  const time = shortTime();
  let seen = 0;
  return {
    ...control,
    time,
    stateDir,
    async init({ onEvent, signal = new AbortController().signal, args = [] } = {}) {
      const events: RunEvent[] = [];
      let stderr = '';
      const exitCode = await main(
        ['init', '--profile', join(folder, 'sandbox', 'profile.json'), '--yes', '--output', 'ndjson', ...args],
        {
          env,
          cwd: work,
          home: folder,
          platform: process.platform,
          execPath: process.execPath,
          pid: process.pid,
          stdin: Readable.from([]),
          stdout: {
            write(text) {
              for (const line of text.split('\n').filter((each) => each !== '')) {
                const event = JSON.parse(line) as RunEvent;
                events.push(event);
                onEvent?.(event);
              }
            },
          },
          stderr: { write: (text) => (stderr += text) },
          signal,
          clock: time.clock,
          packageRoot: root,
          version: '0.0.0',
        },
      );
      const all = await control.requests();
      const requests = all.slice(seen);
      seen = all.length;
      return { exitCode, stderr, events, requests };
    },
    async anew() {
      await control.clearFaults();
      await control.reset();
      seen = 0;
      rmSync(work, { recursive: true, force: true });
      mkdirSync(work);
    },
    async close() {
      time.restore();
      await spawnBin(['sandbox', 'stop', '--sandbox-dir', join(folder, 'sandbox')], env, folder).ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
