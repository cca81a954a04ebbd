import { describe, expect, test } from 'vitest';
import { bodiesOf, objectionsTo, type SentBody } from '../../support/arm-bodies.ts';
import { knownSchemas, schemaFolder } from '../../support/arm-schemas.ts';
import { mutationsOf } from '../../support/mutations.ts';
import { world as product } from '../../support/world.ts';
import { type World, world } from '../world.ts';

// What Microsoft's schemas refuse, the sandbox refuses: the product's own bodies, spoiled in one place, are shown to both.

/** Real providers differ in what they do with a member that they do not know; facts say which refuse it. */
const ignoresUnknown = /SecurityInsights|OperationalInsights|Insights\/dataCollectionRuleAssociations/iu;

// Where a resource's name is free, each spoiled body is a new resource.
let count = 0;
const another = (path: string): string => {
  count += 1;
  const named = /\/(?:managedClusters|workspaces|dataCollectionRules|savedSearches)\/[^/]+$/iu;
  return named.test(path) ? `${path}${count}` : path;
};

const sentByProduct = async (): Promise<readonly SentBody[]> => {
  const lab = await product();
  await lab.run('rules');
  await lab.run('association');
  const puts = bodiesOf(await lab.sandbox.requests()).filter(({ method }) => method === 'PUT');
  return [...new Map(puts.map((sent) => [sent.path, sent])).values()];
};

const put = async (sandbox: World, path: string, apiVersion: string, body: unknown) => {
  for (;;) {
    const answer = await sandbox.request('PUT', `${path}?api-version=${apiVersion}`, { body });
    if (answer.status !== 429) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** What a resource stands on is seen late, as in Azure: its body is sent again until it is taken, fifty times at most. */
const putOnce = async (sandbox: World, path: string, apiVersion: string, body: unknown) => {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await put(sandbox, path, apiVersion, body);
    if (answer.status < 300 || attempt === 50) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

describe.skipIf(schemaFolder === undefined)('a spoiled body', () => {
  test('that Microsoft refuses is refused by the sandbox', { timeout: 120_000 }, async () => {
    const sandbox = await world();
    const own = <T>(value: T, sent: SentBody): T => {
      const theirs = /\/subscriptions\/([^/]+)/iu.exec(sent.path)?.[1] ?? '';
      return JSON.parse(JSON.stringify(value).replaceAll(theirs, sandbox.published.subscriptionId)) as T;
    };
    const all = await sentByProduct();
    await sandbox.register(
      ...new Set(all.map(({ type }) => type.split('/')[0] ?? '').filter((name) => name !== 'Microsoft.Resources')),
    );
    const kinder: string[] = [];
    let refusedByBoth = 0;
    for (const sent of all) {
      const path = own(sent.path, sent);
      const good = await putOnce(sandbox, path, sent.apiVersion, own(sent.body, sent));
      expect(good.status, `${path} ${good.text}`).toBeLessThan(300);
      await sandbox.until(`${path}?api-version=${sent.apiVersion}`, ({ status }) => status === 200);
    }
    // One body of a type speaks for its neighbours, at every api-version that takes it.
    for (const sent of new Map(all.map((each) => [each.type, each])).values()) {
      const versions = knownSchemas.filter((key) => key.startsWith(`${sent.type.toLowerCase()}@`));
      for (const apiVersion of versions.map((key) => key.slice(key.indexOf('@') + 1))) {
        if (((await objectionsTo({ ...sent, apiVersion })) ?? []).length > 0) continue;
        for (const { name, kind, body } of mutationsOf(own(sent.body, sent))) {
          const objections = (await objectionsTo({ ...sent, apiVersion, body })) ?? [];
          if (objections.length === 0 || (kind === 'unknown' && ignoresUnknown.test(sent.type))) continue;
          const answer = await put(sandbox, another(own(sent.path, sent)), apiVersion, body);
          if (answer.status === 400) refusedByBoth += 1;
          else kinder.push(`${sent.type}@${apiVersion}: ${name}: ${answer.status} ${answer.text.slice(0, 200)}`);
        }
      }
    }
    expect(kinder).toEqual([]);
    expect(refusedByBoth).toBeGreaterThan(300);
  });
});
