import { gunzipSync, gzipSync } from 'node:zlib';
import type { SandboxClock } from '../clock.ts';
import { isObject, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { SECRETS } from './nodes/resources.ts';
import type { KubeObject, ObjectStore } from './objects.ts';
import type { AbandonedRelease, Troubles } from './troubles.ts';

/** By which the Secret is found again when the fault is taken away; helm looks at labels alone. */
const mark = 'sandbox.internal/fault';

/** As helm writes a release into a Secret: JSON, gzip, base64, and once more base64 as every Secret's data. */
const encoded = (release: JsonObject): string =>
  Buffer.from(gzipSync(JSON.stringify(release)).toString('base64')).toString('base64');

const decoded = (secret: KubeObject): JsonObject => {
  const text = Buffer.from(textAt(secret, 'data', 'release') ?? '', 'base64').toString();
  const release = JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString()) as unknown;
  return isObject(release) ? release : {};
};

const versionOf = (secret: KubeObject): number => Number(secret.metadata.labels?.['version'] ?? 0);

const releasesOf = (store: ObjectStore, { release, namespace }: AbandonedRelease): readonly KubeObject[] =>
  store
    .list(SECRETS, namespace)
    .filter(({ metadata: { labels } }) => labels?.['owner'] === 'helm' && labels['name'] === release)
    .sort((a, b) => versionOf(b) - versionOf(a));

/** A first revision of which nothing was applied yet. */
const begun = ({ release, namespace }: AbandonedRelease): JsonObject => ({
  name: release,
  namespace,
  chart: {
    metadata: { name: release, version: '0.0.0', apiVersion: 'v2' },
    lock: null,
    templates: [],
    values: {},
    schema: null,
    files: null,
  },
  config: {},
  manifest: '',
});

/** Writes the revision that a killed helm leaves behind: its record says pending, and nobody goes on with it. */
const abandon = (store: ObjectStore, clock: SandboxClock, wanted: AbandonedRelease): void => {
  const { id, release, namespace } = wanted;
  const [latest] = releasesOf(store, wanted);
  const version = latest === undefined ? 1 : versionOf(latest) + 1;
  // What there is already cannot be installed again.
  const status = latest !== undefined && wanted.status === 'pending-install' ? 'pending-upgrade' : wanted.status;
  const at = clock.now() - wanted.age * 1000;
  const time = new Date(at).toISOString();
  const description = status === 'pending-install' ? 'Initial install underway' : 'Preparing upgrade';
  const before = latest === undefined ? begun(wanted) : decoded(latest);
  const info = { first_deployed: time, last_deployed: time, deleted: '', description, status };
  store.create(SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `sh.helm.release.v1.${release}.v${version}`,
      namespace,
      labels: {
        modifiedAt: String(Math.floor(at / 1000)),
        name: release,
        owner: 'helm',
        status,
        version: String(version),
      },
      annotations: { [mark]: id },
    },
    type: 'helm.sh/release.v1',
    data: { release: encoded({ ...before, info, version }) },
  });
};

/** What of it is still as it was left goes with the fault. */
const forget = (store: ObjectStore, removed: string): void => {
  for (const { metadata } of store.list(SECRETS)) {
    const id = metadata.annotations?.[mark];
    if (id !== undefined && (removed === 'all' || removed === id))
      store.remove(SECRETS, metadata.namespace, metadata.name);
  }
};

/** Leaves in a cluster the half-written releases that its troubles speak of; returns a function that ends it. */
export const leaveReleases = (store: ObjectStore, clock: SandboxClock, troubles: Troubles): (() => void) => {
  const look = (): void => {
    for (let next = troubles.takeRelease(); next !== undefined; next = troubles.takeRelease())
      abandon(store, clock, next);
  };
  look();
  return troubles.subscribe((removed) => {
    if (removed === undefined) look();
    else forget(store, removed);
  });
};
