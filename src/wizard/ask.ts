import { Problem } from '../errors/problem.ts';

export interface Streams {
  readonly input: NodeJS.ReadableStream;
  readonly output: unknown;
  readonly signal: AbortSignal;
  /** What is true when the user leaves instead of answering. */
  readonly onLeaving?: string;
}

/** Ctrl-C at a question, or a signal while it stands there: the user has not failed, he has left. */
const leaving = async <T>(answer: Promise<T>, { onLeaving }: Streams): Promise<T> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')) {
      throw new Problem(onLeaving ?? 'Interrupted; what was asked about was not done.', {
        kind: 'interrupted',
        code: 'interrupted',
        cause: error,
      });
    }
    throw error;
  }
};

const context = ({ input, output, signal }: Streams) => ({ input, output: output as NodeJS.WritableStream, signal });

export const askText = async (
  question: {
    readonly message: string;
    readonly default?: string;
    readonly validate: (value: string) => true | string;
  },
  streams: Streams,
): Promise<string> => {
  const { default: input } = await import('@inquirer/input');
  return leaving(input(question, context(streams)), streams);
};

export const askConfirm = async (message: string, streams: Streams, fallback = false): Promise<boolean> => {
  const { default: confirm } = await import('@inquirer/confirm');
  return leaving(confirm({ message, default: fallback }, context(streams)), streams);
};

export const askChoice = async <T extends string>(
  message: string,
  choices: readonly { readonly value: T; readonly name: string }[],
  streams: Streams,
  fallback?: T,
): Promise<T> => {
  const { default: select } = await import('@inquirer/select');
  return leaving(
    select<T>({ message, choices, ...(fallback !== undefined && { default: fallback }) }, context(streams)),
    streams,
  );
};

/** The same by a number that is typed. */
export const askNumber = async <T extends string>(
  message: string,
  choices: readonly { readonly value: T; readonly name: string }[],
  streams: Streams,
): Promise<T> => {
  const { default: rawlist } = await import('@inquirer/rawlist');
  return leaving(rawlist<T>({ message, choices }, context(streams)), streams);
};
