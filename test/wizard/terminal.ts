import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

export interface Terminal {
  /** Waits until the screen shows the words; the test's own timeout is the limit. */
  readonly shows: (words: string) => Promise<void>;
  readonly type: (keys: string) => void;
  /** All lines so far, those that scrolled away too, without trailing blanks. */
  readonly text: () => string;
  /** Whether a person sees a cursor now. */
  readonly cursorShown: () => boolean;
  readonly ended: Promise<number>;
  readonly kill: () => void;
}

export interface TerminalSetting {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns: number;
}

/** Where a line breaks depends on the width; what it says does not. */
const squeezed = (words: string): string => words.replaceAll(/\s/gu, '');

/** Milliseconds that its last words may take once it has ended. */
const lastWordsMs = 5000;

/** A program in a real pseudo-terminal, seen as a person sees it: after every cursor movement. */
export const openTerminal = ({ command, cwd, env, columns }: TerminalSetting): Terminal => {
  const [file = '', ...argv] = command;
  const pty = spawn(file, argv, { cwd, env: { ...env, TERM: 'xterm-256color' }, cols: columns, rows: 40 });
  const screen = new xterm.Terminal({ cols: columns, rows: 40, scrollback: 2000, allowProposedApi: true });
  let cursorShown = true;
  const watchers = new Set<() => void>();
  pty.onData((data) => {
    for (const [way] of data.matchAll(/(?<=\[\?25)[hl]/gu)) cursorShown = way === 'h';
    screen.write(data, () => {
      for (const watch of watchers) watch();
    });
  });
  const text = (): string => {
    const { buffer } = screen;
    const lines = Array.from({ length: buffer.active.length }, (_unused, index) => {
      const line = buffer.active.getLine(index);
      return { text: line?.translateToString(true) ?? '', wrapped: line?.isWrapped === true };
    });
    return lines
      .map((line, index) => `${index > 0 && !line.wrapped ? '\n' : ''}${line.text}`)
      .join('')
      .trimEnd();
  };
  const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
  return {
    text,
    cursorShown: () => cursorShown,
    type: (keys) => pty.write(keys),
    kill: () => pty.kill(),
    ended,
    shows: (words) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          if (!squeezed(text()).includes(squeezed(words))) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
        // What it wrote last may come after the news of its end.
        void ended.then(() =>
          setTimeout(() => reject(new Error(`ended without “${words}”:\n${text()}`)), lastWordsMs).unref(),
        );
      }),
  };
};
