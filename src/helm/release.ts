import { HelmError } from './helm-error.ts';

/** Statuses of a release as helm spells them. */
export type ReleaseStatus =
  | 'unknown'
  | 'deployed'
  | 'uninstalled'
  | 'superseded'
  | 'failed'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback';

export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: ReleaseStatus;
  /** Name of the chart without its version, for example `cilium`. */
  readonly chart: string;
  /** Version of the chart, for example `1.20.0`. */
  readonly version: string;
  readonly appVersion: string;
  /** What was given with -f, not the chart's defaults. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Revision {
  readonly revision: number;
  readonly status: ReleaseStatus;
  /** When helm last wrote it; undefined where it does not say. */
  readonly updated: Date | undefined;
}

const statuses: ReadonlySet<string> = new Set<ReleaseStatus>([
  'unknown',
  'deployed',
  'uninstalled',
  'superseded',
  'failed',
  'uninstalling',
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
]);

/** `unknown` for a word that is none of helm's. */
export const releaseStatus = (value: unknown): ReleaseStatus =>
  statuses.has(String(value)) ? (value as ReleaseStatus) : 'unknown';

/** Reads `helm list -o json`; undefined where the release is not in it. */
export function parseList(stdout: string, name: string): Omit<Release, 'values'> | undefined {
  const row = rows(stdout).find((entry) => entry['name'] === name);
  if (row === undefined) return undefined;
  const { chart, version } = splitChart(String(row['chart']));
  return {
    name,
    namespace: String(row['namespace']),
    revision: Number(row['revision']),
    status: releaseStatus(row['status']),
    chart,
    version,
    appVersion: typeof row['app_version'] === 'string' ? row['app_version'] : '',
  };
}

/** Reads `helm history -o json`, oldest first. */
export const parseHistory = (stdout: string): Revision[] =>
  rows(stdout).map((row) => ({
    revision: Number(row['revision']),
    status: releaseStatus(row['status']),
    updated: date(String(row['updated'])),
  }));

/** Reads `helm get values -o json`, which prints null for none. */
export function parseValues(stdout: string): Record<string, unknown> {
  const value = parse(stdout);
  return isRecord(value) ? value : {};
}

/** `cilium-1.20.0-standin.1` is the chart cilium, version 1.20.0-standin.1: the version starts at the first hyphen before a digit and a dot. */
function splitChart(text: string): { chart: string; version: string } {
  const match = /^(.+?)-(v?\d+\.\d+.*)$/.exec(text);
  return { chart: match?.[1] ?? text, version: match?.[2] ?? '' };
}

function date(text: string): Date | undefined {
  const value = new Date(text);
  return Number.isNaN(value.getTime()) ? undefined : value;
}

function rows(stdout: string): Record<string, unknown>[] {
  const value = parse(stdout);
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function parse(stdout: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    // The text itself may hold secrets and stays out of the message.
    throw new HelmError(
      'other',
      `helm printed ${stdout.length} characters that are no JSON.`,
      'Check that the helm binary is really helm (--helm).',
    );
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
