// A process of its own that takes and releases the lock of a folder when it is told to; for lock.test.ts.
import { thisProcess } from '../../src/cli/run/this-process.ts';
import { systemClock } from '../../src/engine/clock.ts';
import { nodeDisk } from '../../src/engine/disk.ts';
import { type Lock, takeLock } from '../../src/engine/lock.ts';
import { Problem } from '../../src/errors/problem.ts';

const [folder = ''] = process.argv.slice(2);
let lock: Lock | undefined;

const take = (): string => {
  try {
    lock = takeLock(folder, thisProcess(process.pid), nodeDisk, systemClock);
    return 'got';
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
};

process.on('message', (order) => {
  if (order === 'take') return process.send?.(take());
  lock?.release();
  lock = undefined;
  return process.send?.('released');
});
process.on('disconnect', () => process.exit());
process.send?.('here');
