import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkQueries } from '../../src/detections/check-queries.ts';
import { calls, loadPack } from '../../src/detections/load-pack.ts';
import type { PackProblem } from '../../src/detections/pack.ts';
import { packRoot } from './root.ts';

const rule = 'kql/rules/sensitive-file-read.yaml';
const fn = 'kql/functions/tetragon-files.yaml';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pack-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** The shipped pack with one file changed. */
async function broken(file: string, change: (text: string) => string): Promise<readonly PackProblem[]> {
  const folder = await mkdtemp(join(root, 'x-'));
  await cp(join(packRoot, 'kql/functions'), join(folder, 'kql/functions'), { recursive: true });
  await cp(join(packRoot, 'kql/rules'), join(folder, 'kql/rules'), { recursive: true });
  const text = await readFile(join(folder, file), 'utf8');
  const after = change(text);
  expect(after).not.toBe(text);
  await writeFile(join(folder, file), after);
  const pack = await loadPack(folder);
  return pack.problems.length > 0 ? pack.problems : checkQueries(pack);
}

describe('the shipped pack', () => {
  it('has at least fourteen rules and nothing to complain about', async () => {
    const pack = await loadPack(packRoot);
    expect(pack.problems).toEqual([]);
    expect(await checkQueries(pack)).toEqual([]);
    expect(pack.rules.length).toBeGreaterThanOrEqual(14);
  });

  it('puts each function after those that it calls', async () => {
    const { functions } = await loadPack(packRoot);
    for (const [index, each] of functions.entries()) {
      const later = functions.slice(index + 1).filter((other) => calls(each.query, other.alias));
      expect(later.map(({ alias }) => alias)).toEqual([]);
    }
  });

  it('parses JSON in its functions alone', async () => {
    const { rules } = await loadPack(packRoot);
    expect(rules.filter(({ query }) => /LogMessage|parse_json|todynamic/.test(query)).map(({ slug }) => slug)).toEqual(
      [],
    );
  });
});

describe('a rule that Sentinel or the community would refuse is a problem that names the place', () => {
  it.each<[string, (text: string) => string, Partial<PackProblem>]>([
    ['an id that is no GUID', (text) => text.replace(/^id: .*/m, 'id: shadow'), { at: 'id' }],
    ['an unknown key', (text) => `${text}author: me\n`, { at: '' }],
    [
      'a severity that Sentinel does not have',
      (text) => text.replace('severity: Medium', 'severity: Critical'),
      { at: 'severity' },
    ],
    [
      'a tactic with a space',
      (text) => text.replace('- CredentialAccess', '- Credential Access'),
      { at: 'tactics[0]' },
    ],
    [
      'a technique that the service does not know',
      (text) => text.replace('- T1003.008', '- T1620'),
      { at: 'relevantTechniques', message: 'T1620 is not among the techniques that Sentinel is known to accept' },
    ],
    [
      'a technique without all of its tactics',
      (text) => text.replace('- T1003.008', '- T1055'),
      { at: 'tactics', message: 'T1055 needs PrivilegeEscalation and DefenseEvasion as well' },
    ],
    [
      'a period shorter than the frequency',
      (text) =>
        text.replace('queryPeriod: 30m', 'queryPeriod: 5m').replace('queryFrequency: 5m', 'queryFrequency: 10m'),
      { at: 'queryPeriod', message: '5m is shorter than the frequency 10m: events would be missed' },
    ],
    [
      'a frequency of a minute',
      (text) => text.replace('queryFrequency: 5m', 'queryFrequency: 1m'),
      { at: 'queryFrequency', message: '1m is not between 5m and 14d' },
    ],
    [
      'a long period run often',
      (text) => text.replace('queryPeriod: 30m', 'queryPeriod: 2d'),
      { at: 'queryFrequency', message: 'a period of 2d needs a frequency of 1h or more' },
    ],
    [
      'an ISO duration',
      (text) => text.replace('queryFrequency: 5m', 'queryFrequency: PT5M'),
      { at: 'queryFrequency', message: '"PT5M" is no duration such as 5m, 1h or 1d' },
    ],
    [
      'a suppression of two days',
      (text) => text.replace('suppressionDuration: 5h', 'suppressionDuration: 2d'),
      { at: 'suppressionDuration', message: '2d is longer than 24h' },
    ],
    [
      'an entity that ARM does not have',
      (text) => text.replace('entityType: Host', 'entityType: Pod'),
      { at: 'entityMappings[0].entityType' },
    ],
    [
      'an identifier of another entity',
      (text) => text.replace('identifier: HostName', 'identifier: PodName'),
      { at: 'entityMappings[0]', message: expect.stringContaining('Host has no identifier PodName') as string },
    ],
    [
      'a custom detail with a long key',
      (text) => text.replace('  Workload: Workload\n', '  WorkloadOfThePodInQuestion: Workload\n'),
      { at: 'customDetails.WorkloadOfThePodInQuestion' },
    ],
    [
      'a grouping by what is no custom detail',
      (text) => text.replace('      - Namespace\n', '      - Nowhere\n'),
      { at: 'incidentConfiguration', message: 'incidents are grouped by Nowhere, which is no custom detail' },
    ],
    [
      'a fourth column in a title',
      (text) => text.replace('in {{Workload}}', 'in {{Workload}} by {{Program}}'),
      { at: 'alertDetailsOverride.alertDisplayNameFormat' },
    ],
    [
      'search over everything',
      (text) => text.replace('TetragonFiles()\n', 'union *\n'),
      { at: 'query', message: 'search * and union * are not allowed in rules' },
    ],
    [
      'a query over 10,000 characters',
      (text) => text.replace('TetragonFiles()\n', `TetragonFiles()\n  // ${'x'.repeat(10_000)}\n`),
      { at: 'query' },
    ],
    [
      'a dash that is not ASCII',
      (text) => text.replace('severity: Medium', 'severity: Medium').replace('backup agents', 'backup \u2013 agents'),
      { at: 'description' },
    ],
    [
      'a column that no table has',
      (text) => text.replace('FileClass in', 'FileKind in'),
      { at: 'query', message: expect.stringContaining("'FileKind'") as string },
    ],
    ['a function that nobody defines', (text) => text.replace('TetragonFiles()', 'TetragonFolders()'), { at: 'query' }],
    [
      'an entity of a column that the query drops',
      (text) => text.replace('columnName: FileDirectory', 'columnName: FileFolder'),
      { at: 'entityMappings.File', message: 'the query gives no column FileFolder' },
    ],
    [
      'a title of a column that the query drops',
      (text) => text.replace('{{FilePath}} read', '{{Path}} read'),
      { message: 'the query gives no column Path' },
    ],
    ['text that is no YAML', (text) => `${text}  : [`, { at: '' }],
  ])('%s', async (_, change, problem) => {
    expect(await broken(rule, change)).toContainEqual(expect.objectContaining({ file: rule, ...problem }));
  });

  it('two rules of one id', async () => {
    const other = await readFile(join(packRoot, 'kql/rules/crypto-miner.yaml'), 'utf8');
    const id = /^id: .*$/m.exec(other)?.[0] ?? '';
    const problems = await broken(rule, (text) => text.replace(/^id: .*$/m, id));
    expect(problems).toEqual([expect.objectContaining({ file: rule, at: 'id' })]);
  });

  it('a mistake in the body of a function, which the binder does not see where it is called', async () => {
    const problems = await broken(fn, (text) => text.replace('Hook startswith "rename"', 'Hok startswith "rename"'));
    expect(problems).toContainEqual(
      expect.objectContaining({ file: fn, at: 'FunctionQuery', message: expect.stringContaining("'Hok'") as string }),
    );
  });
});
