// `node bench/leave.ts [ROUNDS]`: from a signal to the message, and to the end of the process. Beside each round the same signal to a
// Node.js that does nothing but write and end, so that the figures say something on a noisy machine, too.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { type Cloud, startCloud } from '../test/e2e/cloud.ts';
import { start } from '../test/e2e/under-way.ts';

const rounds = Number(process.argv[2] ?? 9);

/** Milliseconds. */
interface Took {
  readonly message: number;
  readonly end: number;
}

const bare = async (): Promise<Took> => {
  const script =
    "process.on('SIGINT', () => { process.stdout.write('left\\n'); clearInterval(timer) }); const timer = setInterval(() => {}, 1000); process.stdout.write('here\\n')";
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = (text: string): Promise<number> =>
    new Promise((done) => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString('utf8').includes(text)) done(performance.now());
      });
    });
  const ended = new Promise<number>((done) => child.on('exit', () => done(performance.now())));
  await said('here');
  const sent = performance.now();
  const message = said('left');
  child.kill('SIGINT');
  return { message: (await message) - sent, end: (await ended) - sent };
};

const ours = async (cloud: Cloud): Promise<Took> => {
  await cloud.control('POST', '/reset');
  const run = start(cloud, ['init']);
  await run.says(/"step.progress","step":"cluster"/u);
  const sent = performance.now();
  run.interrupt();
  await run.says(/"type":"run.leaving"/u);
  const message = performance.now() - sent;
  const { code } = await run.ended;
  if (code !== 5) throw new Error(`ended with ${code ?? '?'} instead of 5`);
  return { message, end: performance.now() - sent };
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const line = (name: string, values: readonly number[]): string =>
  `${name.padEnd(32)} median ${median(values).toFixed(1)} ms, ${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)} ms`;

const cloud = await startCloud({ speed: 20 });
const [here, there]: [Took[], Took[]] = [[], []];
try {
  for (let round = 0; round < rounds; round += 1) {
    there.push(await bare());
    here.push(await ours(cloud));
  }
} finally {
  await cloud.close();
}
for (const part of ['message', 'end'] as const) {
  const [a, b] = [here.map((took) => took[part]), there.map((took) => took[part])];
  console.log(line(`Ctrl-C to ${part}, init`, a));
  console.log(line(`Ctrl-C to ${part}, bare Node.js`, b));
  console.log(`${' '.repeat(32)} ratio ${(median(a) / median(b)).toFixed(1)}`);
}
