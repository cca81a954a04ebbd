import { expect } from 'vitest';
import { type Cloud, type Ended, eventsOf, type RunOptions, startCloud } from './cloud.ts';

/** Slow enough to be met half way. */
export const speed = 100;

export const withCloud = async (act: (cloud: Cloud) => Promise<void>): Promise<void> => {
  const cloud = await startCloud({ speed });
  try {
    await act(cloud);
  } finally {
    await cloud.close();
  }
};

export interface Run {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly interrupt: () => void;
  /** Settled when stdout holds it; a run that ends without it is a failure. */
  readonly says: (pattern: RegExp) => Promise<void>;
}

export const start = (cloud: Cloud, args: readonly string[], options: RunOptions = {}): Run => {
  const { child, ended } = cloud.start([...args, '--yes', '--output', 'ndjson'], options);
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  return {
    pid: child.pid ?? 0,
    ended,
    interrupt: () => child.kill('SIGINT'),
    says: (pattern) => {
      const said = new Promise<void>((done) => {
        const look = (): void => {
          if (pattern.test(text)) done();
        };
        child.stdout?.on('data', look);
        look();
      });
      const without = ended.then(({ stdout, stderr }) => {
        if (!pattern.test(stdout)) throw new Error(`ended without ${String(pattern)}: ${stdout}${stderr}`);
      });
      return Promise.race([said, without]);
    },
  };
};

export const clusterCreates = async (cloud: Cloud): Promise<number> =>
  (await cloud.requests()).filter(
    ({ method, path, status }) => method === 'PUT' && /managedClusters\/[^/]+$/i.test(path) && Number(status) < 300,
  ).length;

/** All of it is there, and nothing was complained of. */
export const isDone = (ended: Ended): void => {
  expect(ended.stderr).toBe('');
  expect(eventsOf(ended).at(-1)).toMatchObject({ outcome: 'done', ready: 18, total: 18 });
  expect(ended.code).toBe(0);
};

/** The same command again ends it, and no second cluster was ever asked for. */
export const goesOn = async (cloud: Cloud): Promise<Ended> => {
  const ended = await start(cloud, ['init']).ended;
  isDone(ended);
  expect(await clusterCreates(cloud)).toBe(1);
  return ended;
};
