import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PinnedChart } from '../config/cloud-profile.ts';
import { HelmError } from './helm-error.ts';
import type { Pull } from './helm.ts';

/**
 * A chart by where it comes from, its version and the sha256 of its .tgz in lower-case hex. The reference is `oci://host/path`
 * without tag, the https address of a .tgz or of a chart repository, or the path of a .tgz.
 */
export interface ChartPin extends PinnedChart {
  readonly name: string;
}

/** A chart file whose digest was checked a moment ago. */
export interface VerifiedChart {
  readonly path: string;
  readonly from: 'cache' | 'registry' | 'file';
}

export interface Charts {
  /**
   * The .tgz of a pinned chart: from the cache, its registry or a file. The digest is checked at every call, and a file that
   * fails it is never returned. Throws HelmError `chart-digest` or `chart-pull`.
   */
  fetch(pin: ChartPin, signal: AbortSignal): Promise<VerifiedChart>;
}

export interface ChartsOptions {
  /** The user's cache folder of this tool; charts lie in its folder `charts`. */
  readonly cacheDir: string;
  /** PEM of the CA that the registry's certificate is signed by, where it is not a public one. */
  readonly caFile: string | undefined;
  readonly helm: { pull(options: Pull): Promise<void> };
}

export function createCharts({ cacheDir, caFile, helm }: ChartsOptions): Charts {
  const folder = join(cacheDir, 'charts');
  return {
    async fetch(pin, signal) {
      if (!/^(oci|https):\/\//.test(pin.reference)) return { path: await local(pin), from: 'file' };
      const byDigest = join(folder, `${pin.sha256}.tgz`);
      const byVersion = join(folder, `${pin.name}-${pin.version}.tgz`);
      const bad: string[] = [];
      for (const path of [byDigest, byVersion]) {
        const digest = await digestOf(path);
        if (digest === pin.sha256) return { path, from: 'cache' };
        if (digest !== undefined) bad.push(`${path} has sha256 ${digest}`);
      }
      // A cached file with another digest is never used; a fresh pull that has the right one heals the cache.
      await pullInto(folder, pin, signal).catch((error: unknown) => {
        const cached = bad[0];
        if (cached === undefined || !(error instanceof HelmError) || error.reason !== 'chart-pull') throw error;
        throw new HelmError(
          'chart-digest',
          `${cached}, not the pinned ${pin.sha256}, and the chart could not be pulled again.`,
          `Delete it, then put ${pin.name} ${pin.version} with the pinned digest in its place; or pin this digest if the file is meant.`,
          {
            cause: error,
          },
        );
      });
      return { path: byDigest, from: 'registry' };
    },
  };

  async function pullInto(target: string, pin: ChartPin, signal: AbortSignal): Promise<void> {
    // Beside the target: a rename across file systems would not be atomic.
    const staging = join(target, `pull-${randomUUID()}`);
    await mkdir(staging, { recursive: true, mode: 0o700 });
    try {
      const { name: chart, reference, version } = pin;
      await helm
        .pull({ name: chart, reference, version, destination: staging, caFile, signal })
        .catch((error: unknown) => {
          throw pullFailed(pin, error);
        });
      const name = (await readdir(staging)).find((file) => file.endsWith('.tgz'));
      const pulled = name === undefined ? undefined : join(staging, name);
      const digest = pulled === undefined ? undefined : await digestOf(pulled);
      if (pulled === undefined || digest !== pin.sha256) {
        throw mismatch(pin, `${reference} ${version}`, digest ?? 'nothing');
      }
      await rename(pulled, join(target, `${pin.sha256}.tgz`));
      await keepByVersion(target, pin);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }
}

/** The name that people and other tools look for; it must never replace what a user has put there. */
async function keepByVersion(folder: string, pin: ChartPin): Promise<void> {
  const [from, to] = [join(folder, `${pin.sha256}.tgz`), join(folder, `${pin.name}-${pin.version}.tgz`)];
  // The name is a convenience: where it is taken, or links are not to be had, the digest's name is enough.
  await link(from, to).catch(() => undefined);
}

async function local(pin: ChartPin): Promise<string> {
  const digest = await digestOf(pin.reference);
  if (digest === undefined) {
    throw new HelmError(
      'chart-pull',
      `The chart file ${pin.reference} does not exist.`,
      `Name the .tgz of ${pin.name} ${pin.version}, or an oci:// reference.`,
    );
  }
  if (digest !== pin.sha256) throw mismatch(pin, pin.reference, digest);
  return pin.reference;
}

/** Undefined where there is no such file. */
async function digestOf(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  return bytes === undefined ? undefined : createHash('sha256').update(bytes).digest('hex');
}

const mismatch = (pin: ChartPin, where: string, digest: string): HelmError =>
  new HelmError(
    'chart-digest',
    `${where} has sha256 ${digest}, not the pinned ${pin.sha256}: this is not the ${pin.name} chart that was reviewed.`,
    `Find out who changed it; pin the new digest for ${pin.name} only if the change is meant.`,
  );

function pullFailed(pin: ChartPin, error: unknown): unknown {
  if (!(error instanceof HelmError)) return error;
  if (error.reason === 'interrupted' || error.reason === 'missing-binary') return error;
  return new HelmError(
    'chart-pull',
    error.message,
    `Check that this machine may reach ${new URL(pin.reference).host}, or name a local ${pin.name} .tgz.`,
    { cause: error },
  );
}
