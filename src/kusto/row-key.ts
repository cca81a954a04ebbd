import { groupKey } from './cast.ts';
import type { Value } from './values.ts';

/** The first item of each key, in the order in which they came. */
export function firstOfEach<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = keyOf(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** A key that is equal exactly for rows of equal cells. */
export function rowKey(cells: readonly Value[]): string {
  const [first] = cells;
  if (cells.length === 1 && first !== undefined) return groupKey(first);
  return cells
    .map((cell) => {
      const key = groupKey(cell);
      return `${key.length}:${key}`;
    })
    .join('');
}
