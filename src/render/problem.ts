import type { ReportedProblem } from '../engine/events.ts';
import type { Page } from './page.ts';
import { paint, symbolsOf } from './style.ts';
import { wrap } from './wrap.ts';

export interface ProblemPlace {
  /** What failed: `Create the AKS cluster  failed after 41s`. */
  readonly title?: string;
  readonly logFile?: string | undefined;
  /** What of the run stands, in one sentence. */
  readonly kept?: string;
  /** The one command to go on with. */
  readonly next?: string | undefined;
}

/** A command stays whole, so that it can be copied: where it does not fit beside its words it goes below them. */
export const commandLines = (words: string, command: string, columns: number): readonly string[] =>
  words.length + command.length + 4 <= columns ? [`  ${words}  ${command}`] : [`  ${words}`, `    ${command}`];

/** One error, said once: what, what to do, what to quote to support, what is kept, how to go on. */
export const problemText = (problem: ReportedProblem, place: ProblemPlace, page: Page): string => {
  const width = page.columns - 2;
  const symbols = symbolsOf(page);
  const mark = paint(page, 'bad', symbols.failed);
  const indent = (text: string): readonly string[] => wrap(text, width).map((line) => `  ${line}`);
  const [head = '', ...more] = place.title === undefined ? problem.message.split('\n') : [place.title];
  const body = place.title === undefined ? more : problem.message.split('\n');
  const [first = '', ...rest] = wrap(head, width);
  const facts = [
    `code ${problem.code}`,
    ...(problem.correlationId === undefined ? [] : [`correlation ${problem.correlationId}`]),
  ];
  const { kept, next } = place;
  return [
    `${mark} ${paint(page, 'strong', first)}`,
    ...rest.map((line) => `  ${line}`),
    ...body.flatMap(indent),
    ...(problem.hint === undefined ? [] : indent(`Do: ${problem.hint}`)),
    ...(problem.link === undefined ? [] : [`  See: ${problem.link}`]),
    ...[...indent(facts.join(symbols.dot)), ...(place.logFile === undefined ? [] : [`  log ${place.logFile}`])].map(
      (line) => paint(page, 'quiet', line),
    ),
    ...(kept === undefined ? [] : indent(kept)),
    ...(next === undefined ? [] : commandLines('Continue with:', next, page.columns)),
  ].join('\n');
};
