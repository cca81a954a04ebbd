import { isDeepStrictEqual } from 'node:util';
import { arrayAt, at, isObject, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ClusterSpec, PoolSpec } from '../kubernetes/host.ts';

/** Remembers on the node itself what was put there, and what stood there before. */
export const mark = 'aks-ebpf-sentinel.sandbox/put-here';
const poolLabel = 'kubernetes.azure.com/agentpool';

export interface RealNode {
  readonly name: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly JsonObject[];
}

interface PutHere {
  /** Label to what it was; null where there was none. */
  readonly labels: Readonly<Record<string, string | null>>;
  /** `key:effect`. */
  readonly taints: readonly string[];
}

const texts = (value: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(value).map(([name, member]) => [name, String(member)]));

export const readNode = (object: unknown): RealNode => ({
  name: textAt(object, 'metadata', 'name') ?? '',
  resourceVersion: textAt(object, 'metadata', 'resourceVersion') ?? '',
  labels: texts(objectAt(object, 'metadata', 'labels')),
  annotations: texts(objectAt(object, 'metadata', 'annotations')),
  taints: arrayAt(object, 'spec', 'taints').filter(isObject),
});

const isControlPlane = ({ labels }: RealNode): boolean =>
  'node-role.kubernetes.io/control-plane' in labels || 'node-role.kubernetes.io/master' in labels;

/** Which node is in which pool: one that was in a pool stays there, control planes go to system pools first. Surplus nodes are in none. */
export const assign = (nodes: readonly RealNode[], pools: readonly PoolSpec[]): ReadonlyMap<string, PoolSpec> => {
  const ordered = [...pools].sort((a, b) => Number(b.mode === 'System') - Number(a.mode === 'System'));
  const waiting = [...nodes].sort(
    (a, b) => Number(isControlPlane(b)) - Number(isControlPlane(a)) || (a.name < b.name ? -1 : 1),
  );
  const assigned = new Map<string, PoolSpec>();
  const take = (pool: PoolSpec, fits: (node: RealNode) => boolean): void => {
    const taken = [...assigned.values()].filter(({ name }) => name === pool.name).length;
    const free = waiting
      .filter((node) => !assigned.has(node.name) && fits(node))
      .slice(0, Math.max(0, pool.count - taken));
    for (const node of free) assigned.set(node.name, pool);
  };
  for (const pool of ordered) take(pool, ({ labels }) => labels[poolLabel] === pool.name);
  for (const pool of ordered) take(pool, () => true);
  return assigned;
};

const nodeGroup = (spec: ClusterSpec): string =>
  `MC_${/\/resourcegroups\/([^/]+)/iu.exec(spec.id)?.[1] ?? ''}_${spec.name}_${spec.location}`.slice(0, 80);

/** Of AKS's labels those that say which pool a node is in; what a real node says of its machine stays its own. */
const labelsOf = (spec: ClusterSpec, pool: PoolSpec): Readonly<Record<string, string>> => ({
  agentpool: pool.name,
  [poolLabel]: pool.name,
  'kubernetes.azure.com/cluster': nodeGroup(spec),
  'kubernetes.azure.com/mode': pool.mode.toLowerCase(),
  'kubernetes.azure.com/role': 'agent',
  ...pool.labels,
});

const taintsOf = (pool: PoolSpec): readonly JsonObject[] =>
  pool.taints.flatMap((taint) => {
    const parts = /^([^=:]+)(?:=([^:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/u.exec(taint);
    return parts === null ? [] : [{ key: parts[1], ...(parts[2] ? { value: parts[2] } : {}), effect: parts[3] }];
  });

const taintKey = (taint: JsonObject): string => `${String(taint['key'])}:${String(taint['effect'])}`;

const putHereOn = ({ annotations }: RealNode): PutHere => {
  let read: unknown;
  try {
    read = JSON.parse(annotations[mark] ?? '{}');
  } catch {
    read = undefined;
  }
  const labels = Object.entries(objectAt(read, 'labels')).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : null,
  ]);
  return { labels: Object.fromEntries(labels) as PutHere['labels'], taints: arrayAt(read, 'taints').map(String) };
};

/**
 * The merge patch that makes a node one of a pool's, or gives it back as it was where `pool` is undefined; undefined where nothing is to
 * be done. It carries the node's resourceVersion: whoever was quicker is not overwritten.
 */
export const nodePatch = (node: RealNode, spec: ClusterSpec, pool: PoolSpec | undefined): JsonObject | undefined => {
  const before = putHereOn(node);
  const own: Record<string, string | null> = { ...node.labels, ...before.labels };
  const wanted = pool === undefined ? {} : labelsOf(spec, pool);
  const labels: Record<string, string | null> = { ...own, ...wanted };
  const left = node.taints.filter((taint) => !before.taints.includes(taintKey(taint)));
  const added = (pool === undefined ? [] : taintsOf(pool)).filter(
    (taint) => !left.some((other) => taintKey(other) === taintKey(taint)),
  );
  const changed = Object.entries(labels).filter(([name, value]) => (node.labels[name] ?? null) !== value);
  const note: PutHere = {
    labels: Object.fromEntries(Object.keys(wanted).map((name) => [name, own[name] ?? null])),
    taints: added.map(taintKey),
  };
  const annotation = pool === undefined ? null : JSON.stringify(note);
  const taints = [...left, ...added];
  const same =
    changed.length === 0 &&
    (node.annotations[mark] ?? null) === annotation &&
    isDeepStrictEqual(taints.map(taintKey).sort(), node.taints.map(taintKey).sort());
  if (same) return undefined;
  return {
    metadata: {
      resourceVersion: node.resourceVersion,
      labels: Object.fromEntries(changed),
      annotations: { [mark]: annotation },
    },
    spec: { taints },
  };
};

/** Whether something of ours stands on a node. */
export const isMarked = (object: unknown): boolean => at(object, 'metadata', 'annotations', mark) !== undefined;
