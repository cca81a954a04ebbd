import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import type { SandboxClock } from '../clock.ts';
import { redact } from './redact.ts';

/** One request, as a witness would tell it; a line of `GET /requests`. */
export interface RequestEntry {
  readonly service: 'arm' | 'authority' | 'logs' | 'kubernetes' | 'registry';
  /** The user agent: az, helm, kubectl, SDKs and our CLI tell themselves apart by it. */
  readonly client: string;
  readonly method: string;
  readonly path: string;
  /** Query without the signature of operation URLs. */
  readonly query?: string;
  readonly apiVersion?: string;
  /** HTTP status, or what happened to the connection instead. */
  readonly status: number | 'reset' | 'stall';
  /** SHA-256 of the body as it came, in hex. */
  readonly bodyHash?: string;
  /** Body of a write to ARM, secrets taken out. */
  readonly body?: unknown;
  readonly code?: string;
  readonly [more: string]: unknown;
}

export interface RequestLog {
  add(entry: RequestEntry): void;
  /** The whole log as ndjson, oldest first. */
  text(): string;
  clear(): void;
  /** Milliseconds since the epoch of the newest entry, or of the start. */
  lastAt(): number;
}

/** Appends to `file` at once: the log must have seen what a killed sandbox had answered. */
export const openRequestLog = (file: string, clock: SandboxClock): RequestLog => {
  let last = clock.now();
  return {
    add(entry) {
      last = clock.now();
      appendFileSync(file, `${JSON.stringify({ time: new Date(last).toISOString(), ...entry })}\n`, { mode: 0o600 });
    },
    text: () => (existsSync(file) ? readFileSync(file, 'utf8') : ''),
    clear: () => rmSync(file, { force: true }),
    lastAt: () => last,
  };
};

export const hashOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

/** A write's body for the log: parsed where it is JSON, without secrets. */
export const loggedBody = (body: Buffer): unknown => {
  if (body.length === 0) return undefined;
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return redact(parsed);
  } catch {
    return '(not JSON)';
  }
};
