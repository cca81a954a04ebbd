/** From one version of a chart to another: which way, and over how many minor versions. A major version counts as many. */
export interface VersionChange {
  readonly direction: 'none' | 'upgrade' | 'downgrade';
  readonly minors: number;
}

/** Pre-releases are compared by what stands before their hyphen alone; undefined for what is no version. */
export const versionChange = (from: string, to: string): VersionChange | undefined => {
  const [before, after] = [parts(from), parts(to)];
  if (before === undefined || after === undefined) return undefined;
  const at = before.findIndex((part, index) => part !== after[index]);
  const [major = 0, minor = 0] = before;
  const [majorAfter = 0, minorAfter = 0] = after;
  if (at === -1) return { direction: 'none', minors: 0 };
  return {
    direction: (after[at] ?? 0) > (before[at] ?? 0) ? 'upgrade' : 'downgrade',
    minors: major === majorAfter ? Math.abs(minorAfter - minor) : Number.POSITIVE_INFINITY,
  };
};

const parts = (version: string): readonly number[] | undefined => {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  return match === null ? undefined : match.slice(1, 4).map(Number);
};
