import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../kubernetes/kubernetes.ts';
import { managedBy } from './ownership.ts';

export const demoNamespace = 'pets';

/** aks-store-all-in-one.yaml of Azure-Samples/aks-store-demo at this commit: whoever wants the real one puts it into the cache. */
export const pinnedStore = {
  commit: '7ce10c5',
  sha256: 'c290390edb7e26396a498dd5cbcf7ace94115fe4be813cd80f4fda69d6cbcfee',
  file: 'aks-store-all-in-one-7ce10c5.yaml',
} as const;

export interface DemoManifests {
  readonly from: 'cache' | 'stand-in';
  readonly manifests: readonly Manifest[];
}

const read = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
};

const isManifest = (value: unknown): value is Manifest =>
  typeof value === 'object' && value !== null && 'kind' in value && 'apiVersion' in value && 'metadata' in value;

/** Its shop would be open to the internet, and so would its admin page without a password: both stay inside the cluster. */
const inside = (manifest: Manifest): Manifest => {
  const spec = manifest['spec'];
  const isPublic =
    manifest.kind === 'Service' &&
    typeof spec === 'object' &&
    spec !== null &&
    'type' in spec &&
    spec.type === 'LoadBalancer';
  return isPublic ? { ...manifest, spec: { ...spec, type: 'ClusterIP' } } : manifest;
};

/** The pinned store from the cache where its digest is right, else our small stand-in with the same names and ports. */
export const demoManifests = async (assets: string, cacheDir: string): Promise<DemoManifests> => {
  const { parseAllDocuments } = await import('yaml');
  const cached = await read(join(cacheDir, 'manifests', pinnedStore.file));
  const pinned = cached !== undefined && createHash('sha256').update(cached).digest('hex') === pinnedStore.sha256;
  const text = pinned ? cached : await readFile(join(assets, 'templates', 'demo', 'store.yaml'), 'utf8');
  const manifests = parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter(isManifest)
    .map(inside)
    .map((manifest) => ({
      ...manifest,
      metadata: {
        ...manifest.metadata,
        namespace: demoNamespace,
        labels: { ...manifest.metadata.labels, ...managedBy },
      },
    }));
  return { from: pinned ? 'cache' : 'stand-in', manifests };
};
