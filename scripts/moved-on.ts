/** One thing that we hold on to, and what there is by now. */
export interface Held {
  readonly kind: 'package' | 'api-version' | 'chart' | 'kubernetes';
  readonly name: string;
  readonly ours: string;
  /** Undefined where nobody could be asked, or nobody knew. */
  readonly newest: string | undefined;
  readonly state: 'current' | 'moved on' | 'not reachable' | 'not known there';
  /** Where the newest was found. */
  readonly seenIn: string;
}

/** Below zero where `a` is older; numbers count as numbers, and a release is newer than its own previews. */
export const compareVersions = (a: string, b: string): number => {
  const parts = (version: string): readonly [readonly string[], string] => {
    const [release = '', ...rest] = version.replace(/^v/u, '').split('-');
    return [release.split('.'), rest.join('-')];
  };
  const [[left, leftPreview], [right, rightPreview]] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = Number(left[index] ?? 0) - Number(right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (leftPreview === rightPreview) return 0;
  if (leftPreview === '') return 1;
  return rightPreview === '' ? -1 : leftPreview.localeCompare(rightPreview, 'en', { numeric: true });
};

/** The newest release among tags such as `1.20.0`, `v1.20.0` and `1.21.0-rc.1`; previews do not count. */
export const newestRelease = (tags: readonly string[]): string | undefined =>
  tags
    .filter((tag) => /^v?\d+\.\d+\.\d+$/u.test(tag))
    .toSorted(compareVersions)
    .at(-1);

const stateOf = (
  ours: string,
  newest: string | undefined,
  compare: (a: string, b: string) => number,
): Held['state'] => {
  if (newest === undefined) return 'not reachable';
  return compare(ours, newest) < 0 ? 'moved on' : 'current';
};

export const heldVersion = (
  kind: Held['kind'],
  name: string,
  ours: string,
  newest: string | undefined,
  seenIn: string,
): Held => ({ kind, name, ours, newest, seenIn, state: stateOf(ours, newest, compareVersions) });

/** `npm outdated --json` and the manifest's own ranges; what npm does not name is current. */
export const heldPackages = (
  ranges: Readonly<Record<string, string>>,
  outdated: Readonly<Record<string, { readonly current?: string; readonly latest: string }>> | undefined,
): readonly Held[] =>
  Object.entries(ranges).map(([name, range]) => {
    const said = outdated?.[name];
    const ours = said?.current ?? range.replace(/^[~^]/u, '');
    return heldVersion('package', name, ours, outdated === undefined ? undefined : (said?.latest ?? ours), 'npm');
  });

const dated = /\b20\d\d-\d\d-\d\d(?:-preview)?\b/gu;

/**
 * The api-versions that an SDK's JavaScript sends for a resource type, newest first. Packages of the older generation keep a default in
 * `models/parameters.js` for each group of operations; in all others any version that is written somewhere counts.
 */
export const apiVersionsIn = (sources: ReadonlyMap<string, string>, type: string): readonly string[] => {
  const operation = (type.split('/').at(-1) ?? '').toLowerCase();
  const find = (end: string): string | undefined =>
    [...sources].find(([path]) => path.toLowerCase().endsWith(end))?.[1];
  const [operations, parameters] = [find(`/operations/${operation}.js`), find('/models/parameters.js')];
  const defaults = [...new Set(operations?.match(/\bParameters\.apiVersion\d*\b/gu))].flatMap((used) => {
    const name = used.replace('Parameters.', '');
    return parameters?.split(`export const ${name} =`)[1]?.split('export const')[0]?.match(dated) ?? [];
  });
  const found = defaults.length > 0 ? defaults : [...sources.values()].flatMap((text) => text.match(dated) ?? []);
  return [...new Set(found)].toSorted().reverse();
};

const isPreview = (version: string): boolean => version.endsWith('-preview');

/** A stable api-version is compared with stable ones, a preview with previews; many SDKs know only one of the two kinds. */
export const heldApiVersion = (
  type: string,
  ours: string,
  inSdk: readonly string[] | undefined,
  seenIn: string,
): Held => {
  const newest = inSdk?.find((version) => isPreview(version) === isPreview(ours));
  const held = { kind: 'api-version', name: type, ours, newest, seenIn } as const;
  if (inSdk !== undefined && newest === undefined) return { ...held, state: 'not known there' };
  return { ...held, state: stateOf(ours, newest, (a, b) => a.localeCompare(b, 'en')) };
};

/** The table for a terminal; what moved on comes first. */
export const tableOf = (all: readonly Held[]): string => {
  const order: readonly Held['state'][] = ['moved on', 'not reachable', 'not known there', 'current'];
  const sorted = all.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const rows = [
    ['STATE', 'KIND', 'NAME', 'OURS', 'NEWEST', 'SEEN IN'],
    ...sorted.map(({ state, kind, name, ours, newest = '-', seenIn }) => [state, kind, name, ours, newest, seenIn]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
