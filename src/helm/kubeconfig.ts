import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How helm reaches a cluster. */
export interface Access {
  readonly kubeconfigPath: string;
}

const pattern = /^kubeconfig-(\d+)-[0-9a-f-]{36}\.yaml$/;
/** Values for helm, which can hold secrets, too. */
const values = /^values-[a-z]+\.yaml$/;

/**
 * Writes a kubeconfig with mode 0600 into the state directory for as long as `use` runs; it is removed whatever happens,
 * and after a kill by the next sweep. `pid` is the caller's process, so that a sweep of another spares it.
 */
export async function withKubeconfig<T>(
  stateDir: string,
  text: string,
  use: (access: Access) => Promise<T>,
  pid = 0,
): Promise<T> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const kubeconfigPath = join(stateDir, `kubeconfig-${pid}-${randomUUID()}.yaml`);
  try {
    await writeFile(kubeconfigPath, text, { mode: 0o600, flag: 'wx' });
    return await use({ kubeconfigPath });
  } finally {
    await rm(kubeconfigPath, { force: true });
  }
}

/** The same for a process that is about to end and cannot wait; what is left for any reason goes with the next sweep. */
export function sweepAtOnce(stateDir: string): void {
  try {
    for (const name of readdirSync(stateDir)) {
      if (values.test(name) || pattern.test(name)) rmSync(join(stateDir, name), { force: true });
    }
  } catch {
    // The folder is gone, and what was in it with it.
  }
}

/**
 * Removes kubeconfigs and values that a killed run left behind; returns how many. Without `isAlive` every one is taken for left behind,
 * which is right for whoever holds the state directory's lock.
 */
export async function sweepKubeconfigs(
  stateDir: string,
  isAlive: (pid: number) => boolean = () => false,
): Promise<number> {
  const names = await readdir(stateDir).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const left = names.filter((name) => {
    const pid = pattern.exec(name)?.[1];
    return values.test(name) || (pid !== undefined && !isAlive(Number(pid)));
  });
  for (const name of left) await rm(join(stateDir, name), { force: true });
  return left.length;
}
