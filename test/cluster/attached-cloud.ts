import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnv, type Ended, type Request, spawnBin, writes } from '../e2e/cloud.ts';
import { userCache } from '../support/real-charts.ts';
import type { Plane } from './plane/start-plane.ts';

/** The imitated Azure with a real cluster behind it, and the command line as a user has it. */
export interface AttachedCloud {
  readonly folder: string;
  run(args: readonly string[]): Promise<Ended>;
  /** Of another command line, without the sandbox. */
  alone(args: readonly string[]): Promise<Ended>;
  /** Requests to Azure so far that change something. */
  azureWrites(): Promise<readonly Request[]>;
  close(): Promise<void>;
}

/** The API server's name for the nodes: a plane has no kubelet that could resolve it, so that any will do. */
const host = 'plane.internal';

export const attachedCloud = async (plane: Plane, speed = 600): Promise<AttachedCloud> => {
  const folder = mkdtempSync(join(tmpdir(), 'aks-ebpf-sentinel-attached-'));
  const work = join(folder, 'work');
  mkdirSync(work);
  const env = cleanEnv(folder);
  const place = ['--sandbox-dir', join(folder, 'sandbox')];
  const imitated = ['--speed', String(speed), '--charts', join(userCache, 'charts')];
  const real = ['--kubeconfig', plane.kubeconfig, '--kubernetes-service', host, '--allow-remote-cluster'];
  const start = ['sandbox', 'start', ...place, ...imitated, ...real, '-o', 'json'];
  const started = await spawnBin(start, env, work).ended;
  if (started.code !== 0) throw new Error(`sandbox start: ${started.code ?? '?'} ${started.stderr}`);
  const published = JSON.parse(started.stdout) as Readonly<Record<string, string>>;
  return {
    folder,
    run: (args) => spawnBin([...args, '--sandbox', ...place], env, work).ended,
    alone: (args) => spawnBin(args, env, work).ended,
    azureWrites: async () => {
      const text = await requestsOf(published);
      const lines = text.split('\n').filter((line) => line !== '');
      return writes(lines.map((line) => JSON.parse(line) as Request));
    },
    async close() {
      await spawnBin(['sandbox', 'stop', ...place], env, work).ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const requestsOf = (published: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((done, fail) => {
    const ca = readFileSync(published['caFile'] ?? '');
    const headers = { authorization: `Bearer ${published['controlToken'] ?? ''}`, connection: 'close' };
    const outgoing = request(`${published['control'] ?? ''}/requests`, { ca, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
    });
    outgoing.on('error', fail);
    outgoing.end();
  });
