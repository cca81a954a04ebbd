/** How far a container's log has been read. */
export interface LogPosition {
  /** Nanoseconds since the epoch of the last line. */
  readonly time: bigint;
  /** How many lines with that time have been read: several can share it. */
  readonly same: number;
}

const stampForm = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) ?/u;

/** A line as the API gives it with `timestamps`; undefined for what a kubelet says about itself in between. */
export const parseLogLine = (line: string): { readonly time: bigint; readonly text: string } | undefined => {
  const found = stampForm.exec(line);
  if (found === null) return undefined;
  const [whole, second = '', fraction = '', zone = ''] = found;
  const seconds = Date.parse(`${second}${zone}`);
  if (Number.isNaN(seconds)) return undefined;
  return { time: BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0')), text: line.slice(whole.length) };
};

/** The position after a line at this time. */
export const advance = (position: LogPosition | undefined, time: bigint): LogPosition =>
  position?.time === time ? { time, same: position.same + 1 } : { time, same: 1 };

/**
 * Tells of each line of a log that is read again whether it is new. The API takes a start only to the second, so what comes first has
 * been read before: by time, and by count where lines share a time.
 */
export const onlyNew = (position: LogPosition | undefined): ((time: bigint) => boolean) => {
  let again = position?.same ?? 0;
  let behind = position === undefined;
  return (time) => {
    if (behind || position === undefined) return true;
    if (time < position.time) return false;
    if (time === position.time && again > 0) {
      again -= 1;
      return false;
    }
    // From here on the log is new, even where its clock was put back.
    behind = true;
    return true;
  };
};

/** RFC 3339 to the second, as `sinceTime` takes it. */
export const sinceTime = (time: bigint): string =>
  new Date(Number(time / 1_000_000_000n) * 1000).toISOString().replace('.000Z', 'Z');

/** With seven digits, as Azure Monitor keeps times. */
export const azureTime = (time: bigint): string => {
  const ticks = String((time / 100n) % 10_000_000n).padStart(7, '0');
  return `${new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19)}.${ticks}Z`;
};
