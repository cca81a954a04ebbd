import { PassThrough } from 'node:stream';
import type { Exec, KubeConfig } from '@kubernetes/client-node';
import { apiProblem, connectionProblem } from './api-error.ts';
import type { Problem } from '../errors/problem.ts';
import type { ExecOutput, ExecTarget } from './kubernetes.ts';

/** The parts of a `Status` that end an exec. */
interface ExecStatus {
  readonly status?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

/** An agent that hangs must not hang the run: what is longer silent than this is asked again. */
const execLimitMs = 30_000;

const exitCodeOf = (status: ExecStatus): number | undefined => {
  if (status.status === 'Success') return 0;
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  return code === undefined ? undefined : Number(code);
};

/** Runs a command in a container through the API server and waits for its end. */
export const execIn = async (
  config: KubeConfig,
  ExecClass: typeof Exec,
  target: ExecTarget,
  command: readonly string[],
  signal: AbortSignal,
): Promise<ExecOutput> => {
  const what = `exec ${command[0] ?? ''} in ${target.namespace}/${target.pod} (${target.container})`;
  signal.throwIfAborted();
  const stdout = collect();
  const stderr = collect();
  return new Promise((resolve, reject) => {
    let done = false;
    let close = (): void => {};
    const finish = (act: () => void): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      close();
      act();
    };
    const abort = (): void =>
      finish(() =>
        reject(
          signal.aborted
            ? (signal.reason as Error)
            : connectionProblem(what, new Error(`no end after ${execLimitMs / 1000}s`)),
        ),
      );
    // A timer of our own: a timeout signal that only a composed signal listens to may be collected before its time.
    const timer = setTimeout(abort, execLimitMs);
    signal.addEventListener('abort', abort, { once: true });

    const ended = (status: ExecStatus): void => {
      const exitCode = exitCodeOf(status);
      // The streams get their last bytes before the status channel speaks, but through a pipe: let it drain.
      setImmediate(() =>
        finish(() =>
          exitCode === undefined
            ? reject(apiProblem(what, 500, JSON.stringify(status)))
            : resolve({ stdout: stdout.text(), stderr: stderr.text(), exitCode }),
        ),
      );
    };
    new ExecClass(config)
      .exec(
        target.namespace,
        target.pod,
        target.container,
        [...command],
        stdout.stream,
        stderr.stream,
        null,
        false,
        ended,
      )
      .then((socket) => {
        close = () => socket.close();
        const closed = (): void => finish(() => reject(connectionProblem(what, new Error('the stream closed early'))));
        socket.addEventListener('close', () => setImmediate(closed));
        if (done) close();
      })
      .catch((error: unknown) => finish(() => reject(refused(what, asError(error)))));
  });
};

const collect = (): { readonly stream: PassThrough; text(): string } => {
  const chunks: Buffer[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
};

/** The status of a refused upgrade is only told in the words of the WebSocket client. */
const refused = (what: string, error: Error): Problem => {
  const status = /Unexpected server response: (\d{3})/.exec(error.message)?.[1];
  return status === undefined ? connectionProblem(what, error) : apiProblem(what, Number(status), error.message);
};

/** A refused WebSocket rejects with an event, not with an error. */
const asError = (error: unknown): Error => {
  if (error instanceof Error) return error;
  const message =
    typeof error === 'object' && error !== null && 'message' in error
      ? String(error.message)
      : 'the stream was refused';
  return new Error(message);
};
