import type { ServerResponse } from 'node:http';
import { targetOf, type PodAnswers, type RawPod } from './pod-answers.ts';

/** A container's log as a kubelet serves it; with `follow` it stays open, because the container runs on. */
export const answerLog = (
  pod: RawPod,
  container: string,
  answers: readonly PodAnswers[],
  query: URLSearchParams,
  response: ServerResponse,
): void => {
  const status = pod.status.containerStatuses?.find(({ name }) => name === container);
  if (status === undefined) {
    response.writeHead(400).end(`container "${container}" in pod "${pod.metadata.name}" is waiting to start`);
    return;
  }
  if (query.get('previous') === 'true') {
    const where = `"${container}" in pod "${pod.metadata.name}"`;
    response.writeHead(400).end(`previous terminated container ${where} not found`);
    return;
  }
  const written =
    answers.map((answer) => answer.log?.(targetOf(pod), container)).find((one) => one !== undefined) ?? [];
  const tail = query.get('tailLines');
  const lines = tail === null ? written : written.slice(Math.max(0, written.length - Number(tail)));
  const started = status.state?.running?.startedAt ?? '';
  const stamp = query.get('timestamps') === 'true' ? `${started.replace(/Z$/, '.000000000Z')} ` : '';
  const text = lines.map((line) => `${stamp}${line}\n`).join('');
  const limit = query.get('limitBytes');
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.write(limit === null ? text : Buffer.from(text).subarray(0, Number(limit)));
  if (query.get('follow') !== 'true' || status.state?.running === undefined) response.end();
  else response.flushHeaders();
};
