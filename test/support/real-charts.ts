import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { defaultPin } from '../../src/config/pins.ts';
import { skipped } from './skipped.ts';

const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aks-ebpf-sentinel/charts');

const find = ({ name, version, sha256 }: { name: string; version: string; sha256: string }): string | undefined => {
  const file = join(folder, `${name}-${version}.tgz`);
  if (!existsSync(file)) return undefined;
  return createHash('sha256').update(readFileSync(file)).digest('hex') === sha256 ? file : undefined;
};

/** The user's cache folder that may hold the real charts. */
export const userCache = join(folder, '..');

const pins = {
  cilium: { name: 'cilium', ...defaultPin('cilium') },
  tetragon: { name: 'tetragon', ...defaultPin('tetragon') },
};

/** Paths of the real charts where this machine has them, by their digests. */
export const realCharts = { cilium: find(pins.cilium), tetragon: find(pins.tetragon) };

export const haveRealCharts = realCharts.cilium !== undefined && realCharts.tetragon !== undefined;

if (!haveRealCharts) {
  const wanted = Object.values(pins).map(({ name, version }) => `${name}-${version}.tgz`);
  skipped('charts', `${folder} does not hold ${wanted.join(' and ')} of the pinned digests`);
}
