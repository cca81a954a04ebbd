import { eventStream, type Emit, type RunEvent } from '../engine/events.ts';
import { pageOf, type Page } from '../render/page.ts';
import { wrap } from '../render/wrap.ts';
import { redactor, type Redactor } from '../render/redact.ts';
import { logLine } from '../render/log.ts';
import { ndjsonLine } from '../render/ndjson.ts';
import type { Globals } from './globals.ts';
import type { Io, OutStream } from './io.ts';
import { logFile, type LogFile } from './log-file.ts';
import type { Places } from './places.ts';
import { liveView, plainView, silentView, type ProgressView } from './progress-view.ts';
import { calledBy } from './program.ts';
import { sameDeployment, suggestionsFor } from './suggestions.ts';

export type Output = 'text' | 'json' | 'ndjson';

/** What is open while a command runs: its stream of events, its view, its log. */
export interface Session {
  /** Of stdout. */
  readonly page: Page;
  readonly errorPage: Page;
  readonly output: Output;
  readonly redactor: Redactor;
  readonly log: LogFile;
  readonly emit: Emit;
  readonly view: ProgressView;
  /** The last `run.ended`, where a run has ended. */
  readonly ended: () => Extract<RunEvent, { type: 'run.ended' }> | undefined;
  readonly say: (line: string) => void;
}

/** What is indented is laid out already, or a command to be copied: it stays as it is. */
const wrapSentences = (text: string, columns: number): string =>
  text
    .split('\n')
    .flatMap((line) => (line.startsWith('  ') ? [line] : wrap(line, columns)))
    .join('\n');

/**
 * The run that a command follows is its result and goes to stdout, as pipelines like it; any other conversation goes to stderr,
 * so that stdout holds the result alone.
 */
export const openSession = (globals: Globals, io: Io, places: Places, follows: boolean): Session => {
  const output = globals.output ?? 'text';
  const redact = redactor();
  const log = logFile(places.stateDir, new Date(io.clock.now()), io.pid);
  const pageFor = (stream: OutStream): Page =>
    pageOf({
      env: io.env,
      platform: io.platform,
      isTTY: stream.isTTY === true,
      columns: stream.columns,
      color: globals.color,
      plain: globals.plain === true,
    });
  const talk = follows ? io.stdout : io.stderr;
  const setting = {
    page: () => pageFor(talk),
    write: (text: string) => void talk.write(redact.redact(text)),
    clock: io.clock,
    rows: () => talk.rows ?? 24,
    logFile: () => (log.exists() ? log.path : undefined),
    suggestions: (command: string) => suggestionsFor(calledBy(io.env), command, globals),
    look: `${calledBy(io.env)} status${sameDeployment(globals)}`,
    remove: `${calledBy(io.env)} down${sameDeployment(globals)}`,
  };
  const viewFor = (): ProgressView => {
    if (output !== 'text') return silentView;
    return setting.page().live ? liveView(setting) : plainView(setting);
  };
  const view = viewFor();
  let end: Extract<RunEvent, { type: 'run.ended' }> | undefined;
  const emit = eventStream(
    [
      (event) => log.write(redact.redact(logLine(event))),
      (event) => {
        if (event.type === 'run.ended') end = event;
        if (output === 'ndjson') io.stdout.write(redact.redact(ndjsonLine(event)));
      },
      (event) => view.show(event),
    ],
    () => new Date(io.clock.now()),
  );
  return {
    page: pageFor(io.stdout),
    errorPage: pageFor(io.stderr),
    output,
    redactor: redact,
    log,
    emit,
    view,
    ended: () => end,
    say: (text) => view.say(wrapSentences(text, pageFor(talk).columns)),
  };
};
