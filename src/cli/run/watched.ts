import { pageOf } from '../../render/page.ts';
import type { Globals } from '../globals.ts';
import type { Io } from '../io.ts';

/** One wait needs no block of steps, only a sign of life; where nobody watches it is silent. */
export const watched = async <T>(text: string, io: Io, globals: Globals, work: Promise<T>): Promise<T> => {
  const { isTTY, columns } = io.stderr;
  const page = pageOf({
    env: io.env,
    platform: io.platform,
    isTTY: isTTY === true,
    columns,
    color: globals.color,
    plain: globals.plain === true,
  });
  if (!page.live || (globals.output ?? 'text') !== 'text') return work;
  const { oraPromise } = await import('ora');
  // The spinner must not swallow Ctrl-C nor hold the terminal's input: the signal belongs to the bin.
  return oraPromise(work, { text, stream: io.stderr as NodeJS.WriteStream, discardStdin: false });
};
