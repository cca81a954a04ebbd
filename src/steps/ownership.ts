import type { Tags } from '../azure/resource-facts.ts';
import { Problem } from '../errors/problem.ts';
import type { Services } from './services.ts';

export const ownerTag = 'aks-ebpf-sentinel-owner';
const configTag = 'aks-ebpf-sentinel-config';
const versionTag = 'aks-ebpf-sentinel-version';
/** Beside the owner tag of what somebody else made: `down` leaves it. */
const adoptedTag = 'aks-ebpf-sentinel-adopted';

/** Label of every Kubernetes object of ours. */
export const managedBy = { 'app.kubernetes.io/managed-by': 'aks-ebpf-sentinel' } as const;

export type Owned = Pick<Services, 'owner' | 'config' | 'configHash' | 'version'>;

/** Which config it was made by, and by which version of ours. */
export const configTags = ({ configHash, version }: Pick<Owned, 'configHash' | 'version'>): Tags => ({
  [configTag]: configHash.slice(0, 16),
  [versionTag]: version,
});

/** The beginning of a config's hash; undefined where nobody wrote one. */
export const configTagged = (tags: Tags): string | undefined =>
  /^[0-9a-f]{16}$/.test(tags[configTag] ?? '') ? tags[configTag] : undefined;

export const ourTags = (services: Owned): Tags => ({ [ownerTag]: services.owner, ...configTags(services) });

export const adoptedTags = (services: Owned, before: Tags): Tags => ({
  ...before,
  ...ourTags(services),
  [adoptedTag]: 'true',
});

export const isOurs = (tags: Tags, { owner }: Pick<Services, 'owner'>): boolean => tags[ownerTag] === owner;

/** Made by us, not only taken over. */
export const madeByUs = (tags: Tags, services: Pick<Services, 'owner'>): boolean =>
  isOurs(tags, services) && tags[adoptedTag] !== 'true';

/** Between the question of `down` and the deed somebody may have taken it over, or made another under its name. */
export const stillOurs = (what: string, tags: Tags, services: Pick<Services, 'owner'>): void => {
  if (madeByUs(tags, services)) return;
  throw new Problem(`${what} changed hands since it was looked at, so it was not removed`, {
    kind: 'failed',
    code: 'not-ours',
    hint: 'Run `aks-ebpf-sentinel down` again to see what is still of this deployment.',
  });
};

/**
 * What exists under a name of ours is ours, may be taken over, or stops the run before anything of it is touched.
 * Returns true where it has to be taken over first.
 */
export const mustAdopt = (what: string, tags: Tags, services: Owned): boolean => {
  if (isOurs(tags, services)) return false;
  if (services.config.adopt) return true;
  const owner = tags[ownerTag];
  throw new Problem(
    owner === undefined
      ? `${what} exists and was not made by this deployment`
      : `${what} belongs to another deployment (${ownerTag} ${owner})`,
    { kind: 'preflight', code: 'not-ours', hint: 'Choose another name, or take it over with --adopt.' },
  );
};
