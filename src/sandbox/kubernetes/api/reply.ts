import type { ServerResponse } from 'node:http';
import { type ApiError, statusOf } from './api-error.ts';
import { isFlowControl } from './request-fault.ts';
import type { ApiReply } from './request.ts';

/** Sends an answer; returns its status. */
export const reply = (answer: ApiReply, out: ServerResponse): number => {
  if (answer.kind === 'stream') {
    out.writeHead(200, { 'content-type': answer.contentType, 'cache-control': 'no-cache, private' });
    out.flushHeaders();
    // A client that goes away while something is being written is no error of ours.
    out.on('error', () => out.destroy());
    const stop = answer.start(out);
    out.on('close', stop);
    return 200;
  }
  if (answer.code === 204) {
    out.writeHead(204, { 'cache-control': 'no-cache, private' }).end();
    return 204;
  }
  const text = answer.kind === 'text';
  const body = text ? answer.body : `${JSON.stringify(answer.body)}\n`;
  for (const warning of (text ? undefined : answer.warnings) ?? [])
    out.appendHeader('warning', `299 - ${JSON.stringify(warning)}`);
  out.writeHead(answer.code, {
    'content-type': answer.contentType ?? (text ? 'text/plain; charset=utf-8' : 'application/json'),
    'cache-control': 'no-cache, private',
    'content-length': Buffer.byteLength(body),
  });
  out.end(body);
  return answer.code;
};

/** Sends an error as a Status; returns its code. */
export const failure = (error: ApiError, out: ServerResponse): number => {
  if (out.headersSent) {
    out.destroy();
    return error.code;
  }
  // What is still being sent of a body that is too large must not be taken for the next request.
  if (error.code === 413) out.setHeader('connection', 'close');
  const seconds = error.details?.retryAfterSeconds;
  if (seconds !== undefined) out.setHeader('retry-after', String(seconds));
  return reply(
    isFlowControl(error)
      ? { kind: 'text', code: error.code, body: error.message }
      : { kind: 'json', code: error.code, body: statusOf(error) },
    out,
  );
};
