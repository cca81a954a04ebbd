import { elapsedText } from './elapsed.ts';
import type { Page } from './page.ts';
import { problemText } from './problem.ts';
import { titleOf, type Ending, type RunView } from './run-view.ts';
import { paint, symbolsOf } from './style.ts';
import { wrap } from './wrap.ts';

export interface SummaryPlace {
  readonly logFile: string | undefined;
  /** Commands worth running after a success; the first three are shown. */
  readonly suggestions: readonly string[];
}

const steps = (count: number): string => (count === 1 ? '1 step' : `${count} steps`);

const doneText = (view: RunView, ending: Ending, page: Page, suggestions: readonly string[]): readonly string[] => {
  const changed = view.steps.filter(({ phase }) => phase === 'done').length;
  const what = changed === 0 ? 'nothing had to be changed' : `${changed} of them changed something`;
  const head = `Done in ${elapsedText(ending.ms)}: ${ending.ready} of ${steps(ending.total)} ready, ${what}.`;
  return [
    ...wrap(head, page.columns - 2).map((line, index) =>
      index === 0 ? `${paint(page, 'good', symbolsOf(page).done)} ${line}` : `  ${line}`,
    ),
    ...(suggestions.length === 0 ? [] : ['  Next:', ...suggestions.slice(0, 3).map((command) => `    ${command}`)]),
  ];
};

const failedText = (view: RunView, ending: Ending, page: Page, logFile: string | undefined): readonly string[] => {
  const failed = view.steps.filter(({ phase }) => phase === 'failed');
  return failed.map((step, index) => {
    const last = index === failed.length - 1;
    return problemText(
      step.problem ?? { kind: 'failed', code: 'failed', message: 'No reason was given.' },
      {
        title: `${step.title}  failed after ${elapsedText(step.ms ?? 0)}`,
        logFile,
        ...(last && { kept: ending, next: ending.next }),
      },
      page,
    );
  });
};

const stoppedText = (view: RunView, ending: Ending, page: Page): readonly string[] => {
  const titles = ending.detached.map((id) => titleOf(view, id));
  const goesOn =
    titles.length === 0
      ? 'Interrupted. Nothing goes on in Azure without us.'
      : `No longer watching. This goes on in Azure, and costs money: ${titles.join(', ')}.`;
  return [
    ...wrap(goesOn, page.columns - 2).map((line, index) =>
      index === 0 ? `${paint(page, 'warn', symbolsOf(page).warning)} ${line}` : `  ${line}`,
    ),
    `  ${ending.ready} of ${steps(ending.total)} are done and kept.`,
    ...(ending.next === undefined ? [] : [`  Continue with:  ${ending.next}`]),
  ];
};

/** The last words of a run: what was done, what is kept, what to type next. Empty while it goes on. */
export const summaryText = (view: RunView, place: SummaryPlace, page: Page): string => {
  const { ending } = view;
  if (ending === undefined) return '';
  switch (ending.outcome) {
    case 'done':
      return doneText(view, ending, page, place.suggestions).join('\n');
    case 'failed':
      return failedText(view, ending, page, place.logFile).join('\n\n');
    case 'detached':
    case 'interrupted':
      return [...failedText(view, ending, page, place.logFile), stoppedText(view, ending, page).join('\n')].join(
        '\n\n',
      );
    default:
      return ending.outcome satisfies never;
  }
};
