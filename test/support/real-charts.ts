import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { defaultCharts } from '../../src/helm/chart-pins.ts';

const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aks-ebpf-sentinel/charts');

const find = ({ name, version, sha256 }: { name: string; version: string; sha256: string }): string | undefined => {
  const file = join(folder, `${name}-${version}.tgz`);
  if (!existsSync(file)) return undefined;
  return createHash('sha256').update(readFileSync(file)).digest('hex') === sha256 ? file : undefined;
};

/** The user's cache folder that may hold the real charts. */
export const userCache = join(folder, '..');

/** Paths of the real charts where this machine has them, by their digests. */
export const realCharts = { cilium: find(defaultCharts.cilium), tetragon: find(defaultCharts.tetragon) };

export const haveRealCharts = realCharts.cilium !== undefined && realCharts.tetragon !== undefined;

if (!haveRealCharts) {
  const why = `SKIPPED: tests on the real charts, for want of cilium-${defaultCharts.cilium.version}.tgz and tetragon-${defaultCharts.tetragon.version}.tgz in ${folder}`;
  if (/\bcharts\b/.test(process.env['CI_REQUIRE'] ?? '')) throw new Error(why);
  process.stderr.write(`${why}\n`);
}
