import type { Page } from './page.ts';
import { commandLines } from './problem.ts';
import { paint, symbolsOf } from './style.ts';
import { wrap } from './wrap.ts';

/** What `cancel -o json` prints. */
export interface CancelledDocument {
  /** Nothing that could be stopped goes on. */
  readonly ok: boolean;
  /** An operation of AKS was aborted. */
  readonly cancelled: boolean;
  readonly message: string;
  readonly cluster?: { readonly name: string; readonly provisioningState: string };
  /** The run that was found to hold the state directory. */
  readonly run?: {
    readonly pid: number;
    readonly host: string;
    readonly user?: string;
    readonly startedAt: string;
    readonly stopped: boolean;
  };
  readonly remains: readonly string[];
  readonly billed: readonly string[];
  /** The commands that watch what goes on, that go on, and that remove everything. */
  readonly watch?: string;
  readonly next?: string;
  readonly remove?: string;
}

const listed = (heading: string, items: readonly string[], page: Page): readonly string[] => {
  if (items.length === 0) return [];
  const { dash } = symbolsOf(page);
  return [
    `  ${heading}`,
    ...items.flatMap((item) =>
      wrap(item, page.columns - 6).map((line, index) => (index === 0 ? `    ${dash} ${line}` : `      ${line}`)),
    ),
  ];
};

const runText = ({ pid, host, startedAt, stopped }: NonNullable<CancelledDocument['run']>): string =>
  stopped
    ? `The run of process ${pid}, since ${startedAt}, has ended.`
    : `The run of process ${pid} on ${host}, since ${startedAt}, goes on: stop it there, or it may begin again what was cancelled.`;

/** What became of it, what remains, what is billed, and one command for each way on. */
export const cancelledText = (document: CancelledDocument, page: Page): string => {
  const { ok, message, run, remains, billed, watch, next, remove } = document;
  const symbols = symbolsOf(page);
  const mark = ok ? paint(page, 'good', symbols.done) : paint(page, 'warn', symbols.warning);
  const sentences = [message, ...(run === undefined ? [] : [runText(run)])];
  const ways: readonly (readonly [words: string, command: string | undefined])[] = [
    ['Watch it with:', watch],
    ['Go on with:', next],
    ['Remove it with:', remove],
  ];
  return [
    ...sentences.flatMap((sentence, at) =>
      wrap(sentence, page.columns - 2).map((line, index) => `${at === 0 && index === 0 ? mark : ' '} ${line}`),
    ),
    ...listed('What remains, and `down` removes:', remains, page),
    ...listed('Azure bills, until it is removed:', billed, page),
    ...ways.flatMap(([words, line]) => (line === undefined ? [] : commandLines(words, line, page.columns))),
  ].join('\n');
};
