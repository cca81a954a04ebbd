import { pageOf, type Page } from '../../render/page.ts';
import type { Globals } from '../globals.ts';
import type { Io } from '../io.ts';

const pageFor = (io: Io, globals: Globals): Page =>
  pageOf({
    env: io.env,
    platform: io.platform,
    isTTY: io.stderr.isTTY === true,
    columns: io.stderr.columns,
    color: globals.color,
    plain: globals.plain === true,
  });

const silent = (io: Io, globals: Globals): boolean =>
  !pageFor(io, globals).live || (globals.output ?? 'text') !== 'text';

// The spinner must not swallow Ctrl-C nor hold the terminal's input: the signal belongs to the bin.
const setting = (text: string, io: Io) => ({ text, stream: io.stderr as NodeJS.WriteStream, discardStdin: false });

/** One wait needs no block of steps, only a sign of life; where nobody watches it is silent. */
export const watched = async <T>(text: string, io: Io, globals: Globals, work: Promise<T>): Promise<T> => {
  if (silent(io, globals)) return work;
  const { oraPromise } = await import('ora');
  return oraPromise(work, setting(text, io));
};

/** The same for a look that leaves no trace: what it found is shown after it. */
export const glanced = async <T>(text: string, io: Io, globals: Globals, work: Promise<T>): Promise<T> => {
  if (silent(io, globals)) return work;
  const { default: ora } = await import('ora');
  const spinner = ora(setting(text, io)).start();
  return work.finally(() => spinner.stop());
};
