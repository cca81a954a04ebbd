import { expect, test } from 'vitest';
import { checkedLogSettings, logSettings, logSettingsProblems } from '../../src/steps/log-settings-text.ts';
import { root } from '../support/world.ts';

const ours = await logSettings(root, { flows: false });
const problems = (text: string, flows = false) => logSettingsProblems(text, { flows });

/** Our settings with one line in place of another; fails where there is no such line. */
const having = (line: string, instead: string): string => {
  if (!ours.includes(line)) throw new Error(`the template has no ${line}`);
  return ours.replace(line, instead);
};

test.each([false, true])('our own settings are without a fault (flows: %s)', async (flows) => {
  const text = await checkedLogSettings(root, { flows });
  expect(await problems(text, flows)).toEqual([]);
  expect(text.includes('kube-system:cilium')).toBe(flows);
});

test('what is no TOML is told, because the agent would fall back to its defaults without a word', async () => {
  expect(await problems('[log_collection_settings.stdout\nenabled = true')).toEqual([
    expect.stringMatching(/no valid TOML, so the agent would use its defaults/),
  ]);
});

test.each(['', 'log_collection_settings = 3', '[log_collection_settings]\nstdout = "on"'])(
  'settings that say nothing of stdout leave kube-system out: %j',
  async (text) => {
    expect(await problems(text)).toContainEqual(expect.stringContaining('stdout is not collected'));
  },
);

test('stdout switched off lets nothing out', async () => {
  expect(
    await problems(
      having(
        '[log_collection_settings.stdout]\n  enabled = true',
        '[log_collection_settings.stdout]\n  enabled = false',
      ),
    ),
  ).toEqual(['stdout is not collected (log_collection_settings.stdout.enabled)']);
});

test.each(['["kube-system"]', '["my-kube-system", "x"]'])(
  'an excluded namespace %s has the agent ignore collect_system_pod_logs, as it looks for a part of the name',
  async (namespaces) => {
    expect(
      await problems(having('exclude_namespaces = ["gatekeeper-system"]', `exclude_namespaces = ${namespaces}`)),
    ).toEqual([expect.stringContaining('kube-system is excluded')]);
  },
);

test.each(['', '  exclude_namespaces = "gatekeeper-system"\n'])(
  'without a list of names nothing is excluded, so kube-system comes through: %j',
  async (line) => {
    expect(await problems(having('  exclude_namespaces = ["gatekeeper-system"]\n', line))).toEqual([]);
  },
);

test('a list with something else than names is told: the agent stops reading in its middle', async () => {
  expect(
    await problems(
      having('exclude_namespaces = ["gatekeeper-system"]', 'exclude_namespaces = ["gatekeeper-system", 3]'),
    ),
  ).toEqual(['exclude_namespaces of stdout is no list of names']);
});

test('a pod that is not let out is named', async () => {
  expect(await problems(having('["kube-system:tetragon"]', '["kube-system:coredns"]'))).toEqual([
    'kube-system:tetragon is not in collect_system_pod_logs of stdout',
    'kube-system:coredns is collected, too',
  ]);
});

test('flows need cilium, and cilium without flows is more than was asked for', async () => {
  expect(await problems(ours, true)).toEqual(['kube-system:cilium is not in collect_system_pod_logs of stdout']);
  expect(await problems(await logSettings(root, { flows: true }))).toEqual(['kube-system:cilium is collected, too']);
});

test('without collect_system_pod_logs all of kube-system would come, and that is told', async () => {
  expect(await problems(having('  collect_system_pod_logs = ["kube-system:tetragon"]\n', ''))).not.toEqual([]);
});

test('other namespaces of collect_system_pod_logs are no business of ours', async () => {
  expect(await problems(having('["kube-system:tetragon"]', '["kube-system:tetragon", "calico-system:typha"]'))).toEqual(
    [],
  );
});

test('stderr of kube-system is not to come along; a missing section leaves it out by default', async () => {
  expect(
    await problems(having('exclude_namespaces = ["kube-system", "gatekeeper-system"]', 'exclude_namespaces = []')),
  ).toEqual(['stderr of kube-system is collected']);
  const without = ours.replace(/\[log_collection_settings\.stderr\][^[]*\[[^\]]*\]\n/, '');
  expect(without).not.toContain('stderr]');
  expect(await problems(without)).toEqual([]);
});

test('stderr that names no namespaces loses the default list, so kube-system comes along', async () => {
  expect(await problems(having('  exclude_namespaces = ["kube-system", "gatekeeper-system"]\n', ''))).toEqual([
    'stderr of kube-system is collected',
  ]);
});

test('another schema version would fill another table', async () => {
  expect(await problems(having('containerlog_schema_version = "v2"', 'containerlog_schema_version = "v1"'))).toEqual([
    expect.stringContaining('rows would go to another table'),
  ]);
});

test.each([
  ['"false"', 1],
  ['false', 1],
  ['true', 0],
])('enable_multiline_logs.enabled = %s: problems %i', async (value, count) => {
  const found = await problems(
    having(
      '[log_collection_settings.enable_multiline_logs]\n  enabled = "true"',
      `[log_collection_settings.enable_multiline_logs]\n  enabled = ${value}`,
    ),
  );
  expect(found).toHaveLength(count);
  expect(found.join()).toMatch(count === 0 ? /^$/ : /events over 16 KB would arrive in pieces/);
});

test('what else the settings hold is left to who wrote it', async () => {
  expect(await problems(`${ours}\n[log_collection_settings.metadata_collection]\n  enabled = true\n`)).toEqual([]);
});
