import { describe, expect, it } from 'vitest';
import { queryRunner } from '../../src/detections/evaluate-rule.ts';
import { loadPack } from '../../src/detections/load-pack.ts';
import { loadContainers, loadRecordings, loadRuleTests } from '../../src/detections/rule-tests.ts';
import { runRuleTests } from '../../src/detections/run-rule-tests.ts';
import { packRoot } from './root.ts';

const [pack, tests, recordings, containers] = await Promise.all([
  loadPack(packRoot),
  loadRuleTests(packRoot),
  loadRecordings(packRoot),
  loadContainers(packRoot),
]);
const run = await queryRunner(pack);

describe.each(['object', 'string'] as const)('with log lines that arrive as %s', (shape) => {
  it.each(pack.rules.map((rule) => [rule.slug, rule] as const))(
    '%s matches its attacks and nothing benign',
    (slug, rule) => {
      const own = tests.find((each) => each.slug === slug);
      expect(own, `kql/tests/${slug}.yaml`).toBeDefined();
      const results = own === undefined ? [] : runRuleTests(rule, own, { recordings, containers }, shape, run);
      expect(
        results.flatMap(({ kind, scenario, failure }) =>
          failure === undefined ? [] : [`${kind} ${scenario}: ${failure}`],
        ),
      ).toEqual([]);
      // Every benign recording was really run, beside at least one attack.
      expect(results.filter(({ kind }) => kind === 'benign')).toHaveLength(
        recordings.filter(({ kind }) => kind === 'benign').length,
      );
      expect(results.some(({ kind }) => kind === 'match')).toBe(true);
    },
  );
});
