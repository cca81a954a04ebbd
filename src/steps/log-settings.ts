import type { Manifest, ObjectRef } from '../kubernetes/kubernetes.ts';
import { checkedLogSettings, logSettingsProblems } from './log-settings-text.ts';
import { managedBy } from './ownership.ts';
import { done } from './outputs.ts';
import { labelledRemoval, stayingCluster } from './staying.ts';
import { step } from './step.ts';

const ref: ObjectRef = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'kube-system',
  name: 'container-azm-ms-agentconfig',
};

const key = 'log-data-collection-settings';

interface ConfigMap extends Manifest {
  readonly data?: Readonly<Record<string, string>>;
}

/** What somebody else made keeps its labels: only what carries ours is taken away by `down`. */
const manifest = (settings: string, ours: boolean): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: ref.name, namespace: 'kube-system', ...(ours ? { labels: managedBy } : {}) },
  // Any other schema-version is refused by the agent.
  data: { 'schema-version': 'v1', 'config-version': 'ver1', [key]: settings },
});

/** Tells the Container Insights agent to let Tetragon's events out of kube-system: by default nothing of that namespace is collected. */
export const logSettings = step({
  title: 'Let the events out of kube-system',
  needs: ['cluster-access', 'nodes'],
  expected: { p50: '3s', p90: '10s' },
  timeout: '10m',

  async probe({ config, assets, out, signal }) {
    const seen: ConfigMap | undefined = await out['cluster-access'].kubernetes.get(ref, signal);
    if (seen === undefined) return { state: 'absent' };
    const text = seen.data?.[key];
    const version = seen.data?.['schema-version'];
    const wanted = await checkedLogSettings(assets, config.logs);
    if (text === wanted && version === 'v1') return { state: 'ready', out: done };
    const problems = [
      ...(version === 'v1' ? [] : [`schema-version is ${version ?? 'missing'}: the agent takes only v1`]),
      ...(await logSettingsProblems(text ?? '', config.logs)),
    ];
    // Somebody's own settings that let the same events out are as good as ours.
    return problems.length === 0 ? { state: 'ready', out: done } : { state: 'drifted', diff: problems };
  },

  async apply({ config, assets, out, seen, signal }) {
    const { kubernetes } = out['cluster-access'];
    const settings = await checkedLogSettings(assets, config.logs);
    const before = await kubernetes.get(ref, signal);
    const label = 'app.kubernetes.io/managed-by';
    const ours = before === undefined || before.metadata.labels?.[label] === managedBy[label];
    await kubernetes.apply(manifest(settings, ours), { force: seen.state === 'drifted' }, signal);
  },

  async removal({ azure, config, owner, connect, signal }) {
    const kubernetes = await stayingCluster({ azure, config, owner, connect }, signal);
    if (kubernetes === undefined) return undefined;
    const kinds = [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system' }];
    return labelledRemoval(kubernetes, kinds, () => `ConfigMap ${ref.name} in the cluster`, signal);
  },
});
