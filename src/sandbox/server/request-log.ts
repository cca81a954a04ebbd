import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import type { SandboxClock } from '../clock.ts';
import { cutTornTail } from './ndjson-file.ts';
import { parseLenientJson } from './lenient-json.ts';
import { redact } from './redact.ts';

/** One request, as a witness would tell it; a line of `GET /requests`. */
export interface RequestEntry {
  readonly service: 'arm' | 'authority' | 'graph' | 'logs' | 'kubernetes' | 'registry';
  /** The user agent: az, helm, kubectl, SDKs and our CLI tell themselves apart by it. */
  readonly client: string;
  /** Object id that the bearer token names. */
  readonly caller?: string;
  readonly method: string;
  readonly path: string;
  /** Query without the signature of operation URLs. */
  readonly query?: string;
  readonly apiVersion?: string;
  /** HTTP status, or what happened to the connection instead. */
  readonly status: number | 'reset' | 'stall' | 'truncate' | 'slow';
  /** SHA-256 of the body as it came, in hex. */
  readonly bodyHash?: string;
  /** Body of a write to ARM, secrets taken out. */
  readonly body?: unknown;
  readonly code?: string;
  /** Of the request: conditions and ids; of a credential only its scheme. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers of the answer that tell a client to wait, or what it got. */
  readonly answered?: Readonly<Record<string, string>>;
  readonly [more: string]: unknown;
}

export interface RequestLog {
  add(entry: RequestEntry): void;
  /** The log as ndjson, oldest first: everything, until it is longer than two parts. */
  text(): string;
  clear(): void;
  /** Milliseconds since the epoch of the newest entry, or of the start. */
  lastAt(): number;
}

/** Bytes of one part of the log: hundreds of runs. A sandbox that serves for weeks keeps the last two parts. */
const partBytes = 64 * 1024 * 1024;

/** Appends to `file` at once: the log must have seen what a killed sandbox had answered. What is older is in `<file>.1`. */
export const openRequestLog = (file: string, clock: SandboxClock, limit = partBytes): RequestLog => {
  const older = `${file}.1`;
  cutTornTail(file);
  let size = existsSync(file) ? statSync(file).size : 0;
  let last = clock.now();
  const read = (part: string): string => (existsSync(part) ? readFileSync(part, 'utf8') : '');
  return {
    add(entry) {
      last = clock.now();
      const line = `${JSON.stringify({ time: new Date(last).toISOString(), ...entry })}\n`;
      if (size > limit) {
        renameSync(file, older);
        size = 0;
      }
      appendFileSync(file, line, { mode: 0o600 });
      size += Buffer.byteLength(line);
    },
    text: () => read(older) + read(file),
    clear() {
      for (const part of [older, file]) rmSync(part, { force: true });
      size = 0;
    },
    lastAt: () => last,
  };
};

export const hashOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

/** A write's body for the log: parsed where it is JSON, without secrets. */
export const loggedBody = (body: Buffer): unknown => {
  if (body.length === 0) return undefined;
  try {
    const parsed: unknown = parseLenientJson(body.toString('utf8'));
    return redact(parsed);
  } catch {
    return '(not JSON)';
  }
};
