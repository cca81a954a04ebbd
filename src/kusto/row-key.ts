import { groupKey } from './cast.ts';
import type { Value } from './values.ts';

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
