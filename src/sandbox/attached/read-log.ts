import type { KubeClient } from './kube-client.ts';
import { onlyNew, parseLogLine, sinceTime, type LogPosition } from './log-position.ts';
import type { LogTarget } from './log-row.ts';

export interface ReadLogOptions {
  readonly client: KubeClient;
  readonly target: LogTarget;
  /** Whether the API server can give one stream alone. */
  readonly split: boolean;
  /** Milliseconds: lines before are not taken. */
  readonly since: number;
  readonly position: LogPosition | undefined;
  readonly signal: AbortSignal;
  /** Gets each new line; reading goes on when it is settled. */
  readonly take: (line: { readonly time: bigint; readonly text: string }) => Promise<void>;
}

const newline = 10;

const pathOf = ({ target, split, since, position }: ReadLogOptions): string => {
  const start = BigInt(since) * 1_000_000n;
  const from = position !== undefined && position.time > start ? position.time : start;
  const query = new URLSearchParams({
    container: target.container,
    timestamps: 'true',
    sinceTime: sinceTime(from),
    ...(target.life === 'running' ? { follow: 'true' } : {}),
    ...(target.life === 'previous' ? { previous: 'true' } : {}),
    ...(split ? { stream: target.stream === 'stdout' ? 'Stdout' : 'Stderr' } : {}),
  });
  return `/api/v1/namespaces/${target.namespace}/pods/${target.pod}/log?${query.toString()}`;
};

/**
 * Reads a container's log by the API server: of a running one until it ends or `signal` fires, else what there is.
 * @throws KubeError where it cannot be had; a line that is cut off by a broken connection is not taken, and comes again.
 */
export const readLog = async (options: ReadLogOptions): Promise<void> => {
  const { client, since, position, signal, take } = options;
  const isNew = onlyNew(position);
  const first = BigInt(since) * 1_000_000n;
  const consider = async (bytes: Buffer): Promise<void> => {
    const line = parseLogLine(bytes.toString('utf8'));
    if (line === undefined || line.time < first || !isNew(line.time)) return;
    await take(line);
  };
  let rest: Buffer[] = [];
  for await (const chunk of client.stream(pathOf(options), signal)) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      await consider(Buffer.concat([...rest, chunk.subarray(start, end)]));
      signal.throwIfAborted();
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  // What an ended container wrote last may lack its end of line; of a running one the rest is still to come.
  if (options.target.life !== 'running' && rest.length > 0) await consider(Buffer.concat(rest));
};
