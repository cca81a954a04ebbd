import { inPipeline } from '../render/page.ts';
import { cloudOf } from './cloud.ts';
import type { Context, Resolved } from './context.ts';
import { checkAnswers, resolveDeployment } from './deployment.ts';
import type { Io } from './io.ts';
import type { Parsed } from './parse.ts';
import type { Places } from './places.ts';
import type { Session } from './session.ts';
import { usage } from './usage.ts';

/** A person can answer only one question at a time, whoever asks. */
const inTurn = (): (<T>(ask: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (ask) => {
    const answer = last.then(ask);
    last = answer.catch(() => {});
    return answer;
  };
};

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

/** Programs that drive a terminal for a model cannot answer questions, though it looks like a terminal. */
const agents = ['AI_AGENT', 'CLAUDECODE', 'CURSOR_AGENT', 'GEMINI_CLI', 'COPILOT_CLI', 'CODEX_SANDBOX'];

const mayAsk = ({ globals }: Run, io: Io, session: Session): boolean =>
  globals.yes !== true &&
  session.output === 'text' &&
  io.stdin.isTTY === true &&
  io.stdout.isTTY === true &&
  !inPipeline(io.env) &&
  agents.every((name) => (io.env[name] ?? '') === '');

type Run = Extract<Parsed, { kind: 'run' }>;

export const makeContext = (run: Run, io: Io, places: Places, session: Session): Context => {
  const { command, globals, flags } = run;
  const interactive = mayAsk(run, io, session);
  // A file that the wizard is about to write need not be there.
  const asks = interactive && command.wizard === true;
  const turn = inTurn();
  const profile = once(() => cloudOf(globals, io, places, session.say));
  const file = { path: places.configFile, required: globals.config !== undefined && !asks };
  const resolved = once(async (): Promise<Resolved> => {
    const given = { flags, env: io.env, file, cwd: io.cwd };
    await checkAnswers(given, { valuesFiles: command.readsValues === true });
    const source = { ...given, profile: await profile() };
    if (!asks) return resolveDeployment(source, undefined);
    const { wizardAsk } = await import('./run/wizard.ts');
    return resolveDeployment(source, wizardAsk({ globals, io, places, session }));
  });
  return {
    io,
    globals,
    command: command.name,
    signal: io.signal,
    page: session.page,
    output: session.output,
    interactive,
    stateDir: places.stateDir,
    logFile: session.log.path,
    emit: session.emit,
    say: session.say,
    redact: session.redactor.add,
    profile,
    resolved,
    config: async () => (await resolved()).config,
    confirm: async (question) => {
      if (globals.yes === true) return true;
      if (!interactive) throw usage(`Nobody can be asked "${question}"; give --yes to answer yes.`);
      const { askConfirm } = await import('../wizard/ask.ts');
      return turn(() => session.view.pausedFor(() => askConfirm(question, streams(io))));
    },
    choose: async (question, choices, { preface, over } = {}) => {
      const [first] = choices;
      if (first === undefined) throw new Error('nothing to choose from');
      if (!interactive) return first.value;
      return turn(() =>
        session.view.pausedFor(async () => {
          if (preface !== undefined) session.say(preface);
          const { askChoice, askNumber } = await import('../wizard/ask.ts');
          // A list that is repainted under the cursor is nothing for a screen reader: there the choices have numbers.
          const ask = globals.plain === true ? askNumber : askChoice;
          return ask(question, choices, streams(io, over));
        }),
      );
    },
  };
};

const streams = (io: Io, over?: AbortSignal): { input: Io['stdin']; output: Io['stdout']; signal: AbortSignal } => ({
  input: io.stdin,
  output: io.stdout,
  signal: over === undefined ? io.signal : AbortSignal.any([io.signal, over]),
});
