import type { PinnedChart } from './cloud-profile.ts';

export type ChartName = 'cilium' | 'tetragon';

const references: Readonly<Record<ChartName, string>> = {
  cilium: 'oci://quay.io/cilium/charts/cilium',
  tetragon: 'oci://quay.io/cilium/charts/tetragon',
};

/**
 * sha256 of the chart archives that were looked at, by version; the first is the default.
 * Newer versions exist upstream, but a digest that nobody has checked is no pin.
 */
const digests: Readonly<Record<ChartName, readonly (readonly [version: string, sha256: string])[]>> = {
  cilium: [
    ['1.20.0', 'c5f013912360d1a334f44ef25f36da59ba3414cdb48f466ee12d0c4fdff27883'],
    ['1.19.6', '21c43cf53841f9ab0375047d95aa4c64051ea52bbd2c679416e6408f5f1c9179'],
  ],
  tetragon: [['1.7.0', '2d142ecff37a05bc2efab4c3f90cac2a545e8951d845fd15d023e1cbc31685f5']],
};

export const pinnedReference = (chart: ChartName): string => references[chart];

export const pinnedVersions = (chart: ChartName): readonly string[] => digests[chart].map(([version]) => version);

/** Undefined for a version that is not pinned: whoever asks for one has to bring its digest. */
export const pinnedDigest = (chart: ChartName, version: string): string | undefined =>
  digests[chart].find(([known]) => known === version)?.[1];

/** What is installed unless somebody says otherwise. */
export const defaultPin = (chart: ChartName): PinnedChart => {
  const [version, sha256] = digests[chart][0] ?? ['', ''];
  return { reference: references[chart], version, sha256 };
};
