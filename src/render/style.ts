import type { Page } from './page.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'strong' | 'accent';

const codes: Readonly<Record<Tone, readonly [number, number]>> = {
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
  quiet: [2, 22],
  strong: [1, 22],
  accent: [36, 39],
};

/** Colour only underlines what the words already say; without it nothing is lost. */
export const paint = (page: Page, tone: Tone, text: string): string =>
  page.color && text !== '' ? `\u001B[${codes[tone][0]}m${text}\u001B[${codes[tone][1]}m` : text;

export interface Symbols {
  readonly done: string;
  readonly failed: string;
  readonly warning: string;
  readonly skipped: string;
  readonly waiting: string;
  readonly dot: string;
  readonly dash: string;
  readonly ellipsis: string;
}

const fancy: Symbols = {
  done: '✓',
  failed: '✗',
  warning: '!',
  skipped: '-',
  waiting: '·',
  dot: ' · ',
  dash: '–',
  ellipsis: '…',
};

const ascii: Symbols = {
  done: '+',
  failed: 'x',
  warning: '!',
  skipped: '-',
  waiting: '.',
  dot: ', ',
  dash: '-',
  ellipsis: '...',
};

export const symbolsOf = (page: Page): Symbols => (page.unicode ? fancy : ascii);

/** Cuts plain text (no colour codes) to a width. */
export const fit = (page: Page, text: string, width: number): string => {
  if (text.length <= width) return text;
  const { ellipsis } = symbolsOf(page);
  return width <= ellipsis.length
    ? text.slice(0, Math.max(0, width))
    : text.slice(0, width - ellipsis.length) + ellipsis;
};
