import type { ServerResponse } from 'node:http';
import { targetOf, type LogLine, type PodAnswers, type RawPod } from './pod-answers.ts';

/** How often a log that is followed is asked for more. */
const followMs = 100;

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
  const waits = status.state?.waiting?.reason;
  if (waits !== undefined) {
    const why = waits === 'ImagePullBackOff' ? 'trying and failing to pull image' : waits;
    response.writeHead(400).end(`container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${why}`);
    return;
  }
  if (query.get('previous') === 'true') {
    const where = `"${container}" in pod "${pod.metadata.name}"`;
    response.writeHead(400).end(`previous terminated container ${where} not found`);
    return;
  }
  // Kubernetes tells the second of a start; what the container wrote came after it, also where that second had begun before.
  const started = (status.state?.running?.startedAt ?? '').replace(/Z$/, '.999999999Z');
  const seconds = query.get('sinceSeconds');
  const since =
    seconds === null
      ? Date.parse(query.get('sinceTime') ?? '1970-01-01T00:00:00Z')
      : Date.now() - Number(seconds) * 1000;
  const all = (): readonly LogLine[] =>
    (answers.map((answer) => answer.log?.(targetOf(pod), container)).find((one) => one !== undefined) ?? [])
      .map((line) => (typeof line === 'string' ? { time: started, text: line } : line))
      .filter(({ time }) => !(Date.parse(time) < since));
  const format = ({ time, text }: LogLine): string =>
    query.get('timestamps') === 'true' ? `${time} ${text}\n` : `${text}\n`;
  const written = all();
  const tail = query.get('tailLines');
  const lines = tail === null ? written : written.slice(Math.max(0, written.length - Number(tail)));
  const text = lines.map(format).join('');
  const limit = query.get('limitBytes');
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.write(limit === null ? text : Buffer.from(text).subarray(0, Number(limit)));
  if (query.get('follow') !== 'true' || status.state?.running === undefined) {
    response.end();
    return;
  }
  response.flushHeaders();
  let sent = written.length;
  const timer = setInterval(() => {
    const now = all();
    for (const line of now.slice(sent)) response.write(format(line));
    sent = now.length;
  }, followMs);
  response.on('close', () => clearInterval(timer));
};
