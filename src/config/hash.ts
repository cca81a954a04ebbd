import { createHash } from 'node:crypto';
import type { Config } from './config.ts';

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, inner]) => inner !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, inner]) => [key, sorted(inner)]),
      )
    : value;

/**
 * sha256 in hex over everything that shapes what is built. Left out: the tenant (the subscription implies it), the consent to adopt,
 * where a chart
 * is fetched from (its digest says what it is), and in which file Helm values of the user's own stand (the release itself holds them).
 * A setting that a later version brings must be left out, too, while it has its default: these hashes are in the tags of what stands.
 */
export const configHash = (config: Config): string => {
  const { tenant: _tenant, adopt: _adopt, cilium, tetragon, ...rest } = config;
  const { chart: _ciliumChart, values: _ciliumValues, ...ciliumPin } = cilium;
  const { chart: _tetragonChart, values: _tetragonValues, ...tetragonPin } = tetragon;
  return createHash('sha256')
    .update(JSON.stringify(sorted({ ...rest, cilium: ciliumPin, tetragon: tetragonPin })))
    .digest('hex');
};
