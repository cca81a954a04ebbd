import { createHash } from 'node:crypto';

const chartConfigType = 'application/vnd.cncf.helm.config.v1+json';
const chartLayerType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
export const manifestType = 'application/vnd.oci.image.manifest.v1+json';

export interface Content {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Buffer;
}

/** What a registry holds of one repository: manifests by tag and digest, blobs by digest. */
export interface Repository {
  readonly tags: ReadonlyMap<string, Content>;
  readonly contents: ReadonlyMap<string, Content>;
}

export interface ChartFile {
  /** Chart.yaml as JSON: helm shows it and takes the name of the file from it. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly version: string;
  readonly tgz: Buffer;
}

/** Charts as OCI artifacts, as `helm push` makes them: config is Chart.yaml, the one layer is the .tgz. */
export function repository(charts: readonly ChartFile[]): Repository {
  const [tags, contents] = [new Map<string, Content>(), new Map<string, Content>()];
  for (const { metadata, version, tgz } of charts) {
    const config = content(chartConfigType, Buffer.from(JSON.stringify(metadata)));
    const layer = content(chartLayerType, tgz);
    const body = { schemaVersion: 2, mediaType: manifestType, config: descriptor(config), layers: [descriptor(layer)] };
    const manifest = content(manifestType, Buffer.from(JSON.stringify(body)));
    // A tag has no plus sign; helm writes an underscore for it.
    tags.set(version.replaceAll('+', '_'), manifest);
    for (const item of [config, layer, manifest]) contents.set(item.digest, item);
  }
  return { tags, contents };
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const content = (mediaType: string, bytes: Buffer): Content => ({
  mediaType,
  bytes,
  digest: `sha256:${sha256(bytes)}`,
});

const descriptor = ({ mediaType, digest, bytes }: Content): Record<string, unknown> => ({
  mediaType,
  digest,
  size: bytes.length,
});
