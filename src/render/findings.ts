import type { Finding } from '../status/finding.ts';
import type { Workload } from '../status/workload.ts';
import type { Page } from './page.ts';
import { paint, symbolsOf, type Tone } from './style.ts';
import { tableLines } from './table.ts';
import { wrap } from './wrap.ts';

const shownPlaces = 3;

const places = (where: readonly string[]): string => {
  if (where.length === 0) return '';
  const more = where.length - shownPlaces;
  return ` (${where.slice(0, shownPlaces).join(', ')}${more > 0 ? ` and ${more} more` : ''})`;
};

/** A fact below a headline. */
export const factLines = (text: string, page: Page): readonly string[] =>
  wrap(text, page.columns - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`);

/** Headline with the state in words, then one line a fact. */
export const headline = (title: string, ok: boolean, words: string, page: Page): string => {
  const symbols = symbolsOf(page);
  const [symbol, tone]: readonly [string, Tone] = ok ? [symbols.done, 'good'] : [symbols.failed, 'bad'];
  return `${paint(page, tone, symbol)} ${paint(page, 'strong', title)}: ${paint(page, tone, words)}`;
};

export const findingLines = (
  kind: 'error' | 'warning',
  findings: readonly Finding[],
  page: Page,
): readonly string[] => {
  if (findings.length === 0) return [];
  const symbol = kind === 'error' ? symbolsOf(page).failed : symbolsOf(page).warning;
  const mark = paint(page, kind === 'error' ? 'bad' : 'warn', symbol);
  return [
    '',
    kind === 'error' ? 'Errors' : 'Warnings',
    ...findings.flatMap(({ component, message, where }) =>
      wrap(`${component}: ${message}${places(where)}`, page.columns - 4).map((line, index) =>
        index === 0 ? `  ${mark} ${line}` : `    ${line}`,
      ),
    ),
  ];
};

export const workloadLines = (workloads: readonly Workload[], page: Page): readonly string[] =>
  tableLines(
    [
      { heading: 'workload', shrinks: true },
      { heading: 'desired' },
      { heading: 'ready' },
      { heading: 'available' },
      { heading: 'updated' },
    ],
    workloads.map(({ kind, name, present, desired, ready, available, updated, settled }) => {
      const tone: Tone = settled ? 'good' : 'bad';
      return present
        ? [
            { text: `${kind} ${name}` },
            { text: String(desired) },
            { text: `${ready}/${desired}`, tone },
            { text: `${available}/${desired}`, tone },
            { text: `${updated}/${desired}`, tone },
          ]
        : [{ text: `${kind} ${name}` }, { text: 'absent', tone }, { text: '-' }, { text: '-' }, { text: '-' }];
    }),
    page,
  );

export const imageLines = (images: Readonly<Record<string, number>>, page: Page): readonly string[] =>
  Object.entries(images).length === 0
    ? []
    : [
        '',
        'Images',
        ...Object.entries(images).map(([image, count]) => `  ${paint(page, 'quiet', `${count} x`)} ${image}`),
      ];
