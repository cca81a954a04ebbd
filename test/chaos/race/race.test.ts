import { expect, test } from 'vitest';
import { judgeList, judgeRequests } from './judge.ts';
import { races } from './race.ts';

// RACE_SEED runs one again.
const seed = Number(process.env['RACE_SEED'] ?? Date.now() % 1_000_000);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

test('two, three and five runners at once, half of them killed: one of everything', async () => {
  const raced = await races(
    [
      { runners: 2, shared: false },
      { runners: 3, shared: false },
      { runners: 5, shared: false },
      { runners: 3, shared: true },
    ],
    { seed, say },
  );
  expect(raced.flatMap(({ findings }) => findings)).toEqual([]);
  expect(raced).toHaveLength(4);
});

test('a judge that sees two of anything says so', () => {
  const path = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/a';
  const put = { service: 'arm', client: 'c', method: 'PUT', path, status: 201 };
  expect(judgeRequests([put, { ...put, status: 412 }])).toEqual([]);
  expect(judgeRequests([put, { ...put, path: path.toUpperCase(), status: 200 }])).toMatchObject([
    { what: expect.stringContaining('2 accepted creates') },
  ]);
  const one = { id: path, type: 'Microsoft.ContainerService/managedClusters', name: 'a' };
  expect(judgeList([one, { ...one, id: `${path}b` }]).map(({ what }) => what)).toContainEqual(
    expect.stringContaining('2 of managedclusters'),
  );
});
