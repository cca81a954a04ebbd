import type { Page } from './page.ts';
import { fit, paint, type Tone } from './style.ts';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

export interface Column {
  readonly heading: string;
  /** Gives way first when the page is narrow; the others keep their width. */
  readonly shrinks?: true;
}

const widthOf = (rows: readonly (readonly Cell[])[], column: number, heading: string): number =>
  Math.max(heading.length, ...rows.map((row) => row[column]?.text.length ?? 0));

const cards = (columns: readonly Column[], rows: readonly (readonly Cell[])[], page: Page): readonly string[] =>
  rows.flatMap((row) => [
    fit(page, row[0]?.text ?? '', page.columns),
    ...columns.slice(1).flatMap(({ heading }, index) => {
      const cell = row[index + 1];
      if (cell === undefined || cell.text === '' || cell.text === '-') return [];
      const label = `  ${heading.toLowerCase()}: `;
      const text = fit(page, cell.text, page.columns - label.length);
      return [`${label}${cell.tone === undefined ? text : paint(page, cell.tone, text)}`];
    }),
  ]);

/** Upper-case headings and no boxes; stacked cards where the page is too narrow for columns. Empty cells show `-`. */
export const tableLines = (
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  page: Page,
): readonly string[] => {
  const natural = columns.map(({ heading }, index) => widthOf(rows, index, heading));
  const gaps = 2 * (columns.length - 1);
  const excess = natural.reduce((sum, width) => sum + width, gaps) - page.columns;
  const shrinking = columns.findIndex(({ shrinks }) => shrinks === true);
  const room = (natural[shrinking] ?? 0) - Math.max(0, excess);
  if (excess > 0 && (shrinking === -1 || room < 12)) return cards(columns, rows, page);
  const widths = natural.map((width, index) => (index === shrinking ? Math.min(width, room) : width));
  const line = (cells: readonly Cell[]): string =>
    cells
      .map(({ text, tone }, index) => {
        const cut = fit(page, text === '' ? '-' : text, widths[index] ?? 0);
        const pad = index === cells.length - 1 ? '' : ' '.repeat((widths[index] ?? 0) - cut.length + 2);
        return `${tone === undefined ? cut : paint(page, tone, cut)}${pad}`;
      })
      .join('');
  const head = columns.map(({ heading }) => ({ text: heading.toUpperCase(), tone: 'quiet' as const }));
  return [line(head), ...rows.map(line)];
};
