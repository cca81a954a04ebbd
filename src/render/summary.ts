import { elapsedText, failedWhen } from './elapsed.ts';
import type { Page } from './page.ts';
import { commandLines, problemText } from './problem.ts';
import { looking, titleOf, type Ending, type RunView } from './run-view.ts';
import { paint, symbolsOf } from './style.ts';
import { wrap } from './wrap.ts';

export interface SummaryPlace {
  readonly logFile: string | undefined;
  /** Commands worth running after a success; the first three are shown. */
  readonly suggestions: readonly string[];
  /** The commands that show this deployment, and that remove it. */
  readonly look: string;
  readonly remove: string;
}

const steps = (count: number): string => (count === 1 ? '1 step' : `${count} steps`);

const removing = ({ command }: RunView): boolean => command === 'down';

/** What of the run stands, in one sentence. */
const keptText = (view: RunView, { ready, total }: Ending): string =>
  removing(view)
    ? `${ready} of ${total} ${total === 1 ? 'part is' : 'parts are'} removed; the others are still there.`
    : `${ready} of ${steps(total)} ${total === 1 ? 'is' : 'are'} done and kept.`;

const doneText = (view: RunView, ending: Ending, page: Page, suggestions: readonly string[]): readonly string[] => {
  const changed = view.steps.filter(({ phase }) => phase === 'done').length;
  const what = changed === 0 ? 'nothing had to be changed' : `${changed} of them changed something`;
  const head = removing(view)
    ? `Done in ${elapsedText(ending.ms)}: ${ending.ready} of ${ending.total} removed.`
    : `Done in ${elapsedText(ending.ms)}: ${ending.ready} of ${steps(ending.total)} ready, ${what}.`;
  return [
    ...wrap(head, page.columns - 2).map((line, index) =>
      index === 0 ? `${paint(page, 'good', symbolsOf(page).done)} ${line}` : `  ${line}`,
    ),
    ...(suggestions.length === 0 ? [] : ['  Next:', ...suggestions.slice(0, 3).map((command) => `    ${command}`)]),
  ];
};

/** Problems name their step, and so does the line above them. */
const withoutTitle = (message: string, title: string): string => {
  const start = `${title}: `;
  if (!message.startsWith(start)) return message;
  const rest = message.slice(start.length);
  return `${rest.slice(0, 1).toUpperCase()}${rest.slice(1)}`;
};

const failedText = (view: RunView, ending: Ending, page: Page, logFile: string | undefined): readonly string[] => {
  const failed = view.steps.filter(({ phase }) => phase === 'failed');
  return failed.map((step, index) => {
    const last = index === failed.length - 1;
    const problem = step.problem ?? { kind: 'failed', code: 'failed', message: 'No reason was given.' };
    return problemText(
      { ...problem, message: withoutTitle(problem.message, step.title) },
      {
        title: `${step.title}  failed ${failedWhen(step.ms ?? 0)}`,
        logFile,
        ...(last && ending.outcome === 'failed' && { kept: keptText(view, ending), next: ending.next }),
      },
      page,
    );
  });
};

/** No prices: they differ by region and contract, and an invented one would be worse than none. */
const billedLines = ({ billed = [] }: Ending, page: Page): readonly string[] => {
  if (billed.length === 0) return [];
  const { dash } = symbolsOf(page);
  const lines = billed.flatMap((each) =>
    wrap(each, page.columns - 6).map((line, index) => (index === 0 ? `    ${dash} ${line}` : `      ${line}`)),
  );
  return ['  Azure bills, until it is removed:', ...lines];
};

/** What `status --watch` ends with: it made nothing, so that nothing is kept, continued or removed. */
const watchedText = ({ ready, total, outcome, ms }: Ending, page: Page): readonly string[] => {
  const [mark, text] =
    outcome === 'done'
      ? [paint(page, 'good', symbolsOf(page).done), `All ${total} parts are ready, seen after ${elapsedText(ms)}.`]
      : outcome === 'interrupted'
        ? [
            paint(page, 'warn', symbolsOf(page).warning),
            `No longer watching, ${ready} of ${total} parts are ready. Nothing was changed, and what is under way goes on.`,
          ]
        : [
            paint(page, 'bad', symbolsOf(page).failed),
            `${ready} of ${total} parts are ready after ${elapsedText(ms)}. Nothing was changed.`,
          ];
  return wrap(text, page.columns - 2).map((line, index) => `${index === 0 ? mark : ' '} ${line}`);
};

/** What somebody who walks away has to know: what goes on, what it costs, how to look, how to end it, how to go on. */
const stoppedText = (view: RunView, ending: Ending, place: SummaryPlace, page: Page): readonly string[] => {
  const titles = ending.detached.map((id) => titleOf(view, id)).join(', ');
  const stays = ending.ready === 0 ? '' : ' What is made stays, and costs money until it is removed.';
  const building = titles === '' ? `Interrupted. No operation goes on in Azure.${stays}` : undefined;
  const going = `No longer watching. This goes on in Azure, and what it makes costs money: ${titles}.`;
  const ungoing =
    titles === ''
      ? 'Interrupted. No operation goes on in Azure; what is not removed still costs money.'
      : `No longer watching. This goes on in Azure, and what is not removed still costs money: ${titles}.`;
  const text = removing(view) ? ungoing : (building ?? going);
  const watch: readonly [string, string] =
    ending.watch === undefined ? ['See it with:', place.look] : ['Watch it with:', ending.watch];
  const commands: readonly (readonly [words: string, command: string | undefined])[] = [
    watch,
    ['Cancel it with:', ending.cancel],
    ['Continue with:', ending.next],
    [
      'Remove it with:',
      removing(view) || (ending.ready === 0 && titles === '') ? undefined : (ending.remove ?? place.remove),
    ],
  ];
  return [
    ...wrap(text, page.columns - 2).map((line, index) =>
      index === 0 ? `${paint(page, 'warn', symbolsOf(page).warning)} ${line}` : `  ${line}`,
    ),
    ...wrap(keptText(view, ending), page.columns - 2).map((line) => `  ${line}`),
    ...billedLines(ending, page),
    ...commands.flatMap(([words, command]) =>
      command === undefined ? [] : commandLines(words, command, page.columns),
    ),
  ];
};

/** The last words of a run: what was done, what is kept, what to type next. Empty while it goes on. */
export const summaryText = (view: RunView, place: SummaryPlace, page: Page): string => {
  const { ending } = view;
  if (ending === undefined) return '';
  if (looking(view)) return watchedText(ending, page).join('\n');
  switch (ending.outcome) {
    case 'done':
      return doneText(view, ending, page, place.suggestions).join('\n');
    case 'failed':
      return failedText(view, ending, page, place.logFile).join('\n\n');
    case 'detached':
    case 'interrupted':
      return [...failedText(view, ending, page, place.logFile), stoppedText(view, ending, place, page).join('\n')].join(
        '\n\n',
      );
    default:
      return ending.outcome satisfies never;
  }
};
