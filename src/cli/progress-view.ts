import type { Clock } from '../engine/clock.ts';
import type { RunEvent } from '../engine/events.ts';
import type { Page } from '../render/page.ts';
import { heartbeat, plainLine } from '../render/plain.ts';
import { emptyRun, reduceRun, type RunView } from '../render/run-view.ts';
import { stepsBlock } from '../render/steps-block.ts';
import { paint, symbolsOf } from '../render/style.ts';
import { summaryText } from '../render/summary.ts';
import { wrap } from '../render/wrap.ts';

export interface ProgressView {
  show(event: RunEvent): void;
  /** A line of conversation, above whatever is being repainted. */
  say(line: string): void;
  /** Runs something that needs the screen for itself, a question for instance; events that come meanwhile are shown after it. */
  pausedFor<T>(doing: () => Promise<T>): Promise<T>;
  /** Ends timers and gives the terminal back; may be called twice. */
  close(): void;
}

export interface ProgressSetting {
  /** Asked anew for every picture: a terminal changes its width while we draw. */
  readonly page: () => Page;
  readonly write: (text: string) => void;
  readonly clock: Clock;
  readonly rows: () => number;
  readonly logFile: () => string | undefined;
  readonly suggestions: (command: string) => readonly string[];
  /** The commands that show this deployment, and that remove it. */
  readonly look: string;
  readonly remove: string;
}

const frameMs = 100;
const heartbeatMs = 60_000;
const asciiFrames = ['-', '\\', '|', '/'];

const atOnce = <T>(doing: () => Promise<T>): Promise<T> => doing();

export const silentView: ProgressView = {
  show: () => undefined,
  say: () => undefined,
  pausedFor: atOnce,
  close: () => undefined,
};

const ended = (view: RunView, { page, logFile, suggestions, look, remove }: ProgressSetting): string => {
  const place = { logFile: logFile(), suggestions: suggestions(view.command), look, remove };
  const text = summaryText(view, place, page());
  return text === '' ? '' : `\n${text}\n`;
};

/** State changes and a heartbeat a minute: for pipelines, files and screen readers. */
export const plainView = (setting: ProgressSetting): ProgressView => {
  const { write, clock, page } = setting;
  let view = emptyRun;
  let timer: NodeJS.Timeout | undefined;
  const close = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const say = (line: string): void => write(`${line}\n`);
  let held: RunEvent[] | undefined;
  const show = (event: RunEvent): void => {
    view = reduceRun(view, event);
    if (event.type === 'run.started') {
      for (const note of event.notes) say(wrap(note, page().columns).join('\n'));
      timer ??= setInterval(() => {
        const line = heartbeat(view, clock.now());
        if (line !== undefined && held === undefined) say(line);
      }, heartbeatMs).unref();
    }
    const line = plainLine(view, event);
    if (line !== undefined) say(line);
    if (event.type === 'run.ended') {
      close();
      write(ended(view, setting));
    }
  };
  return {
    say,
    close,
    show: (event) => {
      if (held === undefined) show(event);
      else held.push(event);
    },
    pausedFor: async (doing) => {
      held ??= [];
      try {
        return await doing();
      } finally {
        const missed = held;
        held = undefined;
        for (const event of missed) show(event);
      }
    },
  };
};

/** One calm block, repainted in place: for a terminal with a person before it. */
export const liveView = (setting: ProgressSetting): ProgressView => {
  const { page, write, clock, rows } = setting;
  let view = emptyRun;
  let frames: readonly string[] = asciiFrames;
  let tick = 0;
  let height = 0;
  let width = 0;
  let timer: NodeJS.Timeout | undefined;
  let held: RunEvent[] | undefined;

  const above = (text: string): string => {
    const erase = height === 0 ? '' : `\r\u001B[${height}A\u001B[0J`;
    height = 0;
    return `${erase}${text}`;
  };
  const repaint = (text = ''): void => {
    if (view.steps.length === 0) {
      write(text);
      return;
    }
    const now = page();
    // What was drawn for another width is broken into other lines now, and cannot be taken back: it stays, and a new block begins.
    if (width !== now.columns) height = 0;
    width = now.columns;
    const block = stepsBlock(view, clock.now(), frames[tick % frames.length] ?? '', now, rows() - 1);
    const erased = above(text);
    height = block.length;
    write(`${erased}${block.map((line) => `${line}\n`).join('')}`);
  };
  const start = (): void => {
    write('\u001B[?25l');
    timer ??= setInterval(() => {
      tick += 1;
      repaint();
    }, frameMs).unref();
    if (page().unicode) void import('ora').then(({ spinners }) => (frames = spinners.dots.frames));
  };
  const close = (): void => {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    write('\u001B[?25h');
  };
  const show = (event: RunEvent): void => {
    view = reduceRun(view, event);
    if (event.type === 'run.started') {
      for (const note of event.notes) write(`${paint(page(), 'quiet', wrap(note, page().columns).join('\n'))}\n`);
      start();
    }
    if (event.type === 'warning' || event.type === 'run.leaving') {
      const [first = '', ...rest] = wrap(event.message, page().columns - 2);
      const mark = paint(page(), 'warn', symbolsOf(page()).warning);
      repaint([`${mark} ${first}`, ...rest.map((line) => `  ${line}`), ''].join('\n'));
      return;
    }
    repaint();
    if (event.type === 'run.ended') {
      height = 0;
      close();
      write(ended(view, setting));
      view = emptyRun;
    }
  };
  return {
    close,
    say: (line) => (held === undefined ? repaint(`${line}\n`) : write(`${line}\n`)),
    show: (event) => {
      if (held === undefined) show(event);
      else held.push(event);
    },
    pausedFor: async (doing) => {
      const wasLive = timer !== undefined;
      held ??= [];
      close();
      height = 0;
      try {
        return await doing();
      } finally {
        const missed = held;
        held = undefined;
        if (wasLive) start();
        for (const event of missed) show(event);
      }
    },
  };
};
