import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tools } from '../../support/tools.ts';
import type { Ran } from '../../sandbox/kubernetes/run-tool.ts';
import type { Call, World } from '../call.ts';
import { words } from '../kubectl/command.ts';
import { told, type Told } from '../told.ts';
import { smallCharts } from './small-charts.ts';

type Major = 'helm3' | 'helm4';

/** Where a side's charts lie; `{p}` in them is the run's prefix. */
const chartsOf = (world: World): string => join(world.kubeconfig, '..', `charts-${world.prefix}`);

const writeCharts = (world: World): string => {
  const folder = chartsOf(world);
  for (const [name, files] of Object.entries(smallCharts)) {
    for (const [file, text] of Object.entries(files)) {
      const path = join(folder, name, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text.replaceAll('{p}', world.prefix));
    }
  }
  return folder;
};

const args = (world: World, line: string): readonly string[] => {
  const folder = line.includes('{charts}') ? writeCharts(world) : '';
  return ['-n', world.namespace, ...words(line).map((word) => word.replaceAll('{charts}', folder))];
};

const withoutFolder = (world: World, { code, stdout, stderr }: Ran): Ran => {
  const plain = (text: string): string =>
    text.replaceAll(chartsOf(world), '<charts>').replaceAll(world.kubeconfig, '<kubeconfig>');
  return { code, stdout: plain(stdout), stderr: plain(stderr) };
};

/** Helm tells of a release's resources in the order of a Go map, which is chance. */
const ordered = (line: string, answer: Told): Told =>
  /^(?:status|get all) /.test(line) ? { ...answer, stdout: answer.stdout.toSorted() } : answer;

/** A helm command as a user types it, without `helm`, in the script's own namespace; `{charts}` is the folder of the small charts. */
export const helm = (major: Major, line: string, as?: string): Call => ({
  name: `${major} ${line}${as === undefined ? '' : ` (${as})`}`,
  settles: /^(?:status|list|history|get) /.test(line),
  run: async (world) => ordered(line, told(withoutFolder(world, await world[major](args(world, line))))),
});

export const helm3 = (line: string, as?: string): Call => helm('helm3', line, as);
export const helm4 = (line: string, as?: string): Call => helm('helm4', line, as);

/** Starts helm, with a deployment that is never Ready, and kills it while it waits for that: what a crash leaves behind. */
export const killed = (major: Major, line: string, release: string, status: string): Call => ({
  name: `${major} ${line}, killed at ${status}`,
  async run(world) {
    const found = await tools();
    const binary = major === 'helm3' ? found.helm3 : found.helm;
    const child = spawn(binary ?? 'not-installed', args(world, line), {
      env: { PATH: process.env['PATH'], HOME: dirname(world.kubeconfig), KUBECONFIG: world.kubeconfig },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
    const pending = await world.until(
      `/api/v1/namespaces/{ns}/secrets?labelSelector=owner=helm,name=${release},status=${status}`,
      ({ body }) => ((body as { readonly items?: readonly unknown[] }).items ?? []).length > 0,
    );
    // Its last object is there: on a busy machine helm is not through with them when its record is.
    await world.until(`/apis/apps/v1/namespaces/{ns}/deployments/${release}`, ({ body }) =>
      JSON.stringify(body).includes('"nodeSelector":{"none":"x"}'),
    );
    child.kill('SIGKILL');
    return { status: pending.status, ended: await ended };
  },
});
