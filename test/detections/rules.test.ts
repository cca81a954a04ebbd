import { describe, expect, it } from 'vitest';
import { queryRunner } from '../../src/detections/evaluate-rule.ts';
import { loadPack } from '../../src/detections/load-pack.ts';
import { loadContainers, loadRecordings, loadRuleTests } from '../../src/detections/rule-tests.ts';
import { runRuleTests, sampleTables } from '../../src/detections/run-rule-tests.ts';
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

describe('a rule that looks for events', () => {
  // The silence of a sensor lasts; everything else happens once.
  const events = pack.rules.filter(({ slug }) => slug !== 'sensor-silent');

  it.each(events.map((rule) => [rule.slug, rule] as const))(
    '%s does not alert on the same event for as long as it is in the period',
    (slug, rule) => {
      const [first] = tests.find((each) => each.slug === slug)?.match ?? [];
      expect(first).toBeDefined();
      const { tables, now } = sampleTables(first ?? {}, { recordings, containers }, 'object');
      const at = (minutes: number) =>
        run(rule.query, tables, new Date(Date.parse(now) + minutes * 60_000).toISOString()).length;
      expect(at(0)).toBeGreaterThan(0);
      expect(at(15)).toBe(0);
    },
  );
});
