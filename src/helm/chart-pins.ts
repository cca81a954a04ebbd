/** A chart by where it comes from, its version and the sha256 of its .tgz in lower-case hex. */
export interface ChartPin {
  readonly name: string;
  /** `oci://host/path` without tag, the https address of a .tgz or of a chart repository, or the path of a .tgz. */
  readonly reference: string;
  readonly version: string;
  readonly sha256: string;
}

/** What is installed where nothing else is asked for: the newest stable charts whose digests were verified. */
export const defaultCharts = {
  cilium: {
    name: 'cilium',
    reference: 'oci://quay.io/cilium/charts/cilium',
    version: '1.20.0',
    sha256: 'c5f013912360d1a334f44ef25f36da59ba3414cdb48f466ee12d0c4fdff27883',
  },
  tetragon: {
    name: 'tetragon',
    reference: 'oci://quay.io/cilium/charts/tetragon',
    version: '1.7.0',
    sha256: '2d142ecff37a05bc2efab4c3f90cac2a545e8951d845fd15d023e1cbc31685f5',
  },
} as const satisfies Record<string, ChartPin>;

// From the index of the charts' own repository, recomputed over the files.
const known: Readonly<Record<string, string>> = {
  'cilium 1.20.0': defaultCharts.cilium.sha256,
  'cilium 1.19.6': '21c43cf53841f9ab0375047d95aa4c64051ea52bbd2c679416e6408f5f1c9179',
  'cilium 1.18.12': '5923f9d9fcb11bc4692ad52353cc791b935d96e09ba0c535c5a8b88ea8a37572',
  'tetragon 1.7.0': defaultCharts.tetragon.sha256,
  'tetragon 1.6.1': 'dbce8a050d50bdc5b96291e3bfe7aaad2e1bc59a397c3963925e34763119f2c3',
};

/** The verified digest of an upstream chart; undefined where the user has to name it. */
export const knownDigest = (name: string, version: string): string | undefined => known[`${name} ${version}`];
