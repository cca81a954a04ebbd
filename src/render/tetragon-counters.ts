import type { TetragonStatus } from '../status/tetragon.ts';
import { factLines } from './findings.ts';
import type { Page } from './page.ts';
import { paint } from './style.ts';

const grouped = (count: number): string => String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');

/** What the agents have counted, all of them together; nothing where nobody could be asked. */
export const counterLines = ({ counters, agents }: TetragonStatus, page: Page): readonly string[] => {
  if (counters === undefined) return [];
  const { exported, lastExportedAt, rateLimited, lost, seen } = counters;
  const lostCount = Object.values(lost).reduce((sum, count) => sum + count, 0);
  const asked = agents.filter(({ unreachable }) => unreachable === undefined).length;
  const counted = agents.filter((agent) => agent.counters !== undefined).length;
  const by = counted === asked ? '' : ` by ${counted} of ${asked} agents`;
  const types = Object.entries(seen)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, count]) => `${type} ${grouped(count)}`);
  return [
    '',
    `Events since the agents started${by}`,
    ...factLines(
      exported === 0 || lastExportedAt === undefined
        ? 'exported: none yet'
        : `exported: ${grouped(exported)}, the last at ${lastExportedAt}`,
      page,
    ),
    ...(types.length === 0 ? [] : factLines(`seen before the export filters: ${types.join(', ')}`, page)),
    ...factLines(`lost: ${grouped(lostCount)}, over the rate limit: ${grouped(rateLimited)}`, page).map((line) =>
      lostCount + rateLimited === 0 ? line : paint(page, 'warn', line),
    ),
  ];
};
