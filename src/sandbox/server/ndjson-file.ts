import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';

const newline = 10;

/** Cuts off what a kill left after the last line break: the next line would be joined to it, and both be unreadable. */
export const cutTornTail = (file: string): void => {
  if (!existsSync(file)) return;
  const descriptor = openSync(file, 'r+');
  try {
    let end = fstatSync(descriptor).size;
    const chunk = Buffer.alloc(64 * 1024);
    while (end > 0) {
      const start = Math.max(0, end - chunk.length);
      const length = readSync(descriptor, chunk, 0, end - start, start);
      const at = chunk.subarray(0, length).lastIndexOf(newline);
      if (at !== -1) {
        ftruncateSync(descriptor, start + at + 1);
        return;
      }
      end = start;
    }
    ftruncateSync(descriptor, 0);
  } finally {
    closeSync(descriptor);
  }
};
