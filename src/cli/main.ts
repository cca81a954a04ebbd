import { exitCodeOf, type ExitCode } from '../errors/exit-code.ts';
import { Problem } from '../errors/problem.ts';
import { reported } from '../errors/reported.ts';
import { problemText } from '../render/problem.ts';
import type { Command } from './command.ts';
import type { Globals } from './globals.ts';
import type { Io } from './io.ts';
import { makeContext } from './make-context.ts';
import { parse, type Parsed } from './parse.ts';
import { placesOf } from './places.ts';
import { errorTrail, wasInterrupted } from './report.ts';
import { openSession, type Session } from './session.ts';

/**
 * The whole command line: reads `argv` (without node and script), runs one command, answers the exit code.
 * Never ends the process: that belongs to the bin, and tests run this function.
 */
export const main = async (argv: readonly string[], io: Io): Promise<ExitCode> => {
  const parsed = read(argv, io);
  switch (parsed.kind) {
    case 'version':
      io.stdout.write(`${io.version}\n`);
      return 0;
    case 'help':
      io.stdout.write(parsed.text);
      return 0;
    case 'wrong':
      return refuse(parsed, argv, io);
    case 'run':
      return runCommand(parsed, io);
    default:
      return parsed satisfies never;
  }
};

export { processIo } from './process-io.ts';

const columnsOf = (io: Io): number => Math.min(100, Math.max(40, io.stdout.columns ?? 80));

const read = (argv: readonly string[], io: Io): Parsed => {
  try {
    return parse(argv, io.env, columnsOf(io));
  } catch (error) {
    return { kind: 'wrong', problem: error };
  }
};

/** A line that could not be read has no flags to go by; the format it asked for is honoured all the same. */
const refuse = ({ problem }: Extract<Parsed, { kind: 'wrong' }>, argv: readonly string[], io: Io): ExitCode => {
  const asked =
    /(?:^|\s)(?:-o|--output)[\s=]*(json|ndjson)\b/u.exec(argv.join(' '))?.[1] ?? io.env['AKS_EBPF_SENTINEL_OUTPUT'];
  const globals: Globals = { ...nothing, output: asked === 'json' || asked === 'ndjson' ? asked : undefined };
  const session = openSession(globals, io, placesOf(globals, io), false);
  return fail(problem, session, io);
};

const nothing: Globals = {
  config: undefined,
  sandbox: undefined,
  sandboxDir: undefined,
  speed: undefined,
  cloud: undefined,
  profile: undefined,
  auth: undefined,
  stateDir: undefined,
  output: undefined,
  yes: undefined,
  color: undefined,
  plain: undefined,
  verbose: undefined,
};

const runCommand = async (run: Extract<Parsed, { kind: 'run' }>, io: Io): Promise<ExitCode> => {
  const { command, options } = run;
  const watches = command.watches?.(options) === true;
  const globals: Globals =
    watches && run.globals.output === 'json' ? { ...run.globals, output: 'ndjson' } : run.globals;
  const places = placesOf(globals, io);
  const session = openSession(globals, io, places, command.follows === true || watches);
  try {
    const { result, exitCode } = await command.run(makeContext({ ...run, globals }, io, places, session), options);
    session.view.close();
    if (!watches) await print(command, result, session, io);
    return exitCode;
  } catch (error) {
    return fail(error, session, io, globals.verbose === true);
  } finally {
    session.view.close();
  }
};

const print = async ({ text, reveals }: Command, result: unknown, session: Session, io: Io): Promise<void> => {
  const clean = reveals === true ? (shown: string): string => shown : session.redactor.redact;
  switch (session.output) {
    case 'json':
      io.stdout.write(`${clean(JSON.stringify(result, undefined, 2))}\n`);
      return;
    case 'ndjson':
      // The events of a run are its result; a command without events answers with one line.
      if (session.ended() === undefined) io.stdout.write(`${clean(JSON.stringify(result))}\n`);
      return;
    case 'text':
      if (text !== undefined) io.stdout.write(`${clean(await text(result, session.page)).replace(/\n*$/u, '')}\n`);
      return;
    default:
      return session.output satisfies never;
  }
};

const fail = (error: unknown, session: Session, io: Io, verbose = false): ExitCode => {
  session.view.close();
  const { errorPage, output, redactor, log } = session;
  if (wasInterrupted(error, io.signal)) {
    const words = error instanceof Problem ? error.message : 'Interrupted; the same command continues.';
    if (output === 'text') io.stderr.write(`${words}\n`);
    return ending(130, session);
  }
  const exitCode = exitCodeOf(error);
  const problem = reported(error);
  // Nothing was begun when a flag was wrong: there is nothing that a log could tell, and nothing may be left behind.
  if (exitCode === 2) log.refuse();
  else log.write(redactor.redact(`${new Date(io.clock.now()).toISOString()} error ${errorTrail(error)}`));
  const shown = log.exists() ? log.path : undefined;
  if (output === 'json') {
    const document = { ok: false, exitCode, errors: [{ ...problem, ...(shown !== undefined && { log: shown }) }] };
    io.stdout.write(`${redactor.redact(JSON.stringify(document, undefined, 2))}\n`);
  }
  if (output === 'ndjson' && session.ended() === undefined) {
    session.emit({ type: 'warning', code: problem.code, message: problem.message });
  }
  io.stderr.write(`${redactor.redact(problemText(problem, { logFile: shown }, errorPage))}\n`);
  if (verbose) io.stderr.write(`${redactor.redact(errorTrail(error))}\n`);
  return ending(exitCode, session);
};

/** A stream of events always ends with its end, so that a reader need not guess. */
const ending = (exitCode: ExitCode, session: Session): ExitCode => {
  if (session.output === 'ndjson' && session.ended() === undefined) {
    session.emit({
      type: 'run.ended',
      outcome: exitCode === 130 ? 'interrupted' : 'failed',
      exitCode,
      ms: 0,
      ready: 0,
      total: 0,
      detached: [],
    });
  }
  return exitCode;
};
