import type { Kubelet } from '../../src/sandbox/kubernetes/agents.ts';
import type { KubeObject } from '../../src/sandbox/kubernetes/objects.ts';
import type { LogLine, PodAnswers, PodTarget } from '../cluster/plane/pod-answers.ts';

/** Pods with this label have containers that do the same on both sides; where they are called by the API server, no other difference is left than its own. */
export const played = { plays: 'the-same' } as const;

const isPlayed = ({ labels }: Pick<PodTarget, 'labels'>): boolean => labels['plays'] === played.plays;

/** Long ago, each a second after the one before. */
const timeOf = (index: number): string =>
  new Date(Date.UTC(2026, 0, 2, 3, 4, index)).toISOString().replace('Z', '000000Z');

/**
 * Programs of one side: `say` adds to the container's log, `out` writes to one stream, `end` to both and
 * ends with a code, `much` writes more than
 * a frame takes, nothing else is there. Port 8080 answers HTTP.
 */
export const containers = (): PodAnswers => {
  const logs = new Map<string, LogLine[]>();
  const logOf = (pod: PodTarget, container: string): LogLine[] => {
    const key = `${pod.uid} ${container}`;
    const log = logs.get(key) ?? ['first', 'second', 'third'].map((text, index) => ({ time: timeOf(index), text }));
    logs.set(key, log);
    return log;
  };
  return {
    exec(pod, container, [program = '', ...words]) {
      if (!isPlayed(pod)) return undefined;
      const log = logOf(pod, container);
      switch (program) {
        case 'say':
          log.push({ time: timeOf(log.length), text: words.join(' ') });
          return { stdout: '' };
        case 'out':
          return { stdout: 'out alone\n' };
        case 'end':
          return { stdout: `out of ${container}\n`, stderr: 'err\n', exitCode: Number(words[0]) };
        case 'much':
          return { stdout: 'm'.repeat(100_000) };
        default:
          return { failure: `no ${program} here` };
      }
    },
    log: (pod, container) => (isPlayed(pod) ? logOf(pod, container) : undefined),
    listens: (pod, port) =>
      isPlayed(pod) && port === 8080 ? (path) => ({ status: 200, body: `you asked for ${path}\n` }) : undefined,
  };
};

const followMs = 100;

/** A kubelet of the sandbox whose containers are played. */
export const playing = (kubelet: Kubelet, answers: PodAnswers): Kubelet => {
  const linesOf = (pod: KubeObject, container: string): ReturnType<Kubelet['logs']> | undefined =>
    answers
      .log?.(targetOf(pod), container)
      ?.map((line) => (typeof line === 'string' ? { time: 0, text: line } : { ...line, time: Date.parse(line.time) }));
  return {
    async exec(pod, container, command) {
      const said = await answers.exec?.(targetOf(pod), container, command);
      if (said === undefined) return kubelet.exec(pod, container, command);
      if ('failure' in said) throw new Error(said.failure);
      return { stderr: '', exitCode: 0, ...said };
    },
    logs: (pod, container, run) => linesOf(pod, container) ?? kubelet.logs(pod, container, run),
    follow(pod, container, listener) {
      let sent = linesOf(pod, container)?.length;
      if (sent === undefined) return kubelet.follow(pod, container, listener);
      const timer = setInterval(() => {
        const now = linesOf(pod, container) ?? [];
        for (const line of now.slice(sent)) listener(line);
        sent = now.length;
      }, followMs);
      return () => clearInterval(timer);
    },
    async http(pod, port, path) {
      const listener = answers.listens?.(targetOf(pod), port);
      if (listener === undefined) return kubelet.http(pod, port, path);
      const answer = await listener(path);
      return { contentType: 'text/plain; charset=utf-8', ...(answer ?? { status: 404, body: '404 page not found\n' }) };
    },
  };
};

const targetOf = ({ metadata, ...object }: KubeObject): PodTarget => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid ?? '',
  node: (object as { readonly spec?: { readonly nodeName?: string } }).spec?.nodeName ?? '',
  labels: metadata.labels ?? {},
  ready: true,
});
