import type { ExecResult, Kubelet } from '../agents.ts';
import type { KubeObject } from '../objects.ts';
import { isRunning } from './cilium/agents.ts';
import { execInCilium } from './cilium/exec.ts';
import { type Cluster, uid } from './cluster.ts';
import { podHttp } from './pod-http.ts';
import type { ProcessWatcher } from './tetragon/process-events.ts';
import { execInTetragon } from './tetragon/tetra.ts';

/** Programs that nearly every image has, over the empty file system that the sandbox's containers are. */
const common = (command: readonly string[]): ExecResult | undefined => {
  const [program = '', ...words] = command;
  switch (program.replace(/^.*\//, '')) {
    case 'true':
      return { stdout: '', stderr: '', exitCode: 0 };
    case 'false':
      return { stdout: '', stderr: '', exitCode: 1 };
    case 'echo':
      return { stdout: `${words.join(' ')}\n`, stderr: '', exitCode: 0 };
    case 'id':
      return { stdout: 'uid=0(root) gid=0(root) groups=0(root)\n', stderr: '', exitCode: 0 };
    case 'ls':
      return { stdout: '', stderr: '', exitCode: 0 };
    case 'cat':
      return { stdout: '', stderr: `cat: can't open '${words[0] ?? '-'}': No such file or directory\n`, exitCode: 1 };
    default:
      return undefined;
  }
};

const missing = (program: string): ExecResult => ({
  stdout: '',
  stderr: `OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown\n`,
  exitCode: 127,
});

/** A shell's one-liner, command by command; what only a real shell understands is a program that is not there. */
const shell = (script: string, run: (command: readonly string[]) => ExecResult | undefined): ExecResult => {
  const results = script
    .split(/;|&&|\n/)
    .map((part) => part.trim().split(/\s+/))
    .filter(([program]) => program !== '')
    .map((command) => run(command) ?? { stdout: '', stderr: `sh: ${command[0] ?? ''}: not found\n`, exitCode: 127 });
  const text = (stream: 'stdout' | 'stderr'): string => results.map((result) => result[stream]).join('');
  return { stdout: text('stdout'), stderr: text('stderr'), exitCode: results.at(-1)?.exitCode ?? 0 };
};

const agents = (
  cluster: Cluster,
  pod: KubeObject,
  container: string,
  command: readonly string[],
): ExecResult | undefined => {
  if (container === 'cilium-agent') return execInCilium(cluster, pod, command);
  return container === 'tetragon' ? execInTetragon(cluster, pod, command) : undefined;
};

/** What kubelets answer for containers that run here; nothing of it is kept, all is computed from what was installed. */
export const createKubelet = (cluster: Cluster, watcher: ProcessWatcher): Kubelet => ({
  exec(pod, container, command) {
    if (!isRunning(pod, container))
      return Promise.resolve({
        stdout: '',
        stderr: `error: unable to upgrade connection: container not found ("${container}")\n`,
        exitCode: 1,
      });
    const traced = (words: readonly string[], run: () => ExecResult): ExecResult => {
      const end = watcher.executed(pod, container, words);
      const result = run();
      end(result.exitCode);
      return result;
    };
    const attempt = (words: readonly string[], result: ExecResult | undefined): ExecResult | undefined =>
      result === undefined ? undefined : traced(words, () => result);
    const isScript = /(^|\/)(sh|bash|ash)$/.test(command[0] ?? '') && command[1] === '-c';
    const result = isScript
      ? traced(command, () => shell(command[2] ?? '', (words) => attempt(words, common(words))))
      : attempt(command, agents(cluster, pod, container, command) ?? common(command));
    return Promise.resolve(result ?? missing(command[0] ?? ''));
  },
  logs: (pod, container, run = 'latest') => cluster.logs.ofRun(uid(pod), container, run),
  follow: (pod, container, listener) => cluster.logs.follow(uid(pod), container, listener),
  http: (pod, port, path) => Promise.resolve(podHttp(cluster, pod, port, path)),
});
